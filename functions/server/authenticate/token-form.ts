import type { Digest } from '#ports/digest';

/** `<prefix>.<secret>.<checksum>`: a mistyped or random token is refused by its checksum, without a read. */
const CHECKSUM_LENGTH = 8;

export function tokenOf(digest: Digest, prefix: string, secret: string): string {
  return `${prefix}.${secret}.${checksumOf(digest, prefix, secret)}`;
}

/** undefined: nothing that was made here. */
export function secretOf(digest: Digest, prefix: string, token: string): string | undefined {
  const [first, secret, checksum, ...more] = token.split('.');
  return first === prefix && secret && more.length === 0 && checksum === checksumOf(digest, prefix, secret) ? secret : undefined;
}

function checksumOf(digest: Digest, prefix: string, secret: string): string {
  return digest.sha256(`${prefix}.${secret}`).slice(0, CHECKSUM_LENGTH);
}
