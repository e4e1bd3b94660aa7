/** Of API tokens: the administrator's, people's, nodes'. */
export const API_TOKEN = 'zp1';

const CHECKSUM_LENGTH = 8;

interface Sha256 {
  sha256(text: string): string;
}

/** `<prefix>.<secret>.<checksum>`: a mistyped or random token is refused by its checksum, without a read. */
export function tokenOf(digest: Sha256, prefix: string, secret: string): string {
  return `${prefix}.${secret}.${checksumOf(digest, prefix, secret)}`;
}

/** undefined: nothing that was made here. */
export function secretOf(digest: Sha256, prefix: string, token: string): string | undefined {
  const [first, secret, checksum, ...more] = token.split('.');
  return first === prefix && secret && more.length === 0 && checksum === checksumOf(digest, prefix, secret) ? secret : undefined;
}

function checksumOf(digest: Sha256, prefix: string, secret: string): string {
  return digest.sha256(`${prefix}.${secret}`).slice(0, CHECKSUM_LENGTH);
}
