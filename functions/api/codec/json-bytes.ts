/** Records and small messages of our own, as claims and channels carry them. Objects of the API go by `json.ts`, which keeps their large integers. */
export function toJsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Throws on what is no JSON; that it is a `T` is for the caller to know, who wrote it. */
export function fromJsonBytes<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
