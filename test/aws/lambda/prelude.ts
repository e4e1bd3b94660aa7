/** Status and headers of a streamed HTTP answer: JSON before eight zero bytes, in front of the body. */
export interface ResponseHead {
  statusCode: number;
  headers: Record<string, string>;
  cookies: string[];
}

const END = Buffer.alloc(8);

/** Takes chunk after chunk; gives the head once, as soon as it is whole, and all that is body. */
export function readPrelude(): (chunk: Buffer) => { head: ResponseHead | undefined; rest: Buffer } {
  let pending: Buffer | undefined = Buffer.alloc(0);
  return (chunk) => {
    if (pending === undefined) return { head: undefined, rest: chunk };
    pending = Buffer.concat([pending, chunk]);
    const at = pending.indexOf(END);
    if (at < 0) return { head: undefined, rest: Buffer.alloc(0) };
    const { statusCode = 200, headers = {}, cookies = [] } = JSON.parse(pending.subarray(0, at).toString()) as Partial<ResponseHead>;
    const rest = pending.subarray(at + END.length);
    pending = undefined;
    return { head: { statusCode, headers, cookies }, rest };
  };
}
