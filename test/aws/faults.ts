import { createHash, randomUUID } from 'node:crypto';
import { jsonAnswer, type Answer, type Call } from './endpoint/call.ts';
import type { Interceptor } from './endpoint/endpoint.ts';
import type { Callers } from './lambda/callers.ts';

/** What is to go wrong. Functions are named by the beginning of their name in the template: Api, Dispatch, Worker, Tick. */
export interface Faults {
  /** Functions whose messages are lost after SQS has seemingly taken them. */
  losesMessagesOf: string[];
  /** No record of the table's stream reaches anybody. */
  noStream: boolean;
  /** Each batch of messages and stream records is handed over twice. */
  doubles: boolean;
  /** The function's environment ends at its n-th call of AWS, once: before the call is made, or after it was made and before it is answered. */
  kills: { fn: string; atCall: number }[];
}

export const NO_FAULTS: Faults = { losesMessagesOf: [], noStream: false, doubles: false, kills: [] };

/** As on the command line: `no-api-ring`, `no-stream`, `double-messages`, `lose-rings`, `kill:Worker` or `kill:Worker:7`. */
export function readFaults(names: string[]): Faults {
  const faults: Faults = { ...NO_FAULTS, losesMessagesOf: [], kills: [] };
  for (const name of names) {
    const [kind, fn, atCall] = name.split(':');
    if (kind === 'no-api-ring') faults.losesMessagesOf.push('Api');
    else if (kind === 'lose-rings') faults.losesMessagesOf.push('Api', 'Dispatch');
    else if (kind === 'no-stream') faults.noStream = true;
    else if (kind === 'double-messages') faults.doubles = true;
    else if (kind === 'kill' && fn) faults.kills.push({ fn, atCall: Number(atCall ?? 2) });
    else throw new Error(`no such fault: ${name}`);
  }
  return faults;
}

/** Faults between the functions and AWS; those of the event sources are in the emulator's own parts. */
export function injectFaults(faults: Faults, callers: Callers): { intercept: Interceptor; happened: string[] } {
  const happened: string[] = [];
  const calls = new Map<string, number>();
  const pending = [...faults.kills];

  const intercept = (call: Call): Answer | undefined => {
    const caller = callers.of(call.accessKeyId);
    if (caller === undefined) return undefined;
    const count = (calls.get(caller.id) ?? 0) + 1;
    calls.set(caller.id, count);
    const kill = pending.find(({ fn, atCall }) => caller.id.startsWith(fn) && count >= atCall);
    if (kill !== undefined) {
      pending.splice(pending.indexOf(kill), 1);
      happened.push(`killed ${caller.id} at ${call.service}:${call.operation}`);
      caller.kill();
      return jsonAnswer(500, {});
    }
    const isLost = call.operation === 'SendMessage' && faults.losesMessagesOf.some((fn) => caller.id.startsWith(fn));
    if (!isLost) return undefined;
    happened.push(`lost a message of ${caller.id}`);
    return sentAnswer(call);
  };
  return { intercept, happened };
}

function sentAnswer({ body }: Call): Answer {
  const { MessageBody } = JSON.parse(body.toString()) as { MessageBody: string };
  return jsonAnswer(200, { MessageId: randomUUID(), MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'), SequenceNumber: '1' });
}
