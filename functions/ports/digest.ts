/** Hashing behind a port: the pure part imports neither WebCrypto nor node:crypto. */
export interface Digest {
  /** Lower-case hexadecimal. */
  sha256(text: string): string;
}
