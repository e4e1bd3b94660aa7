/** Signs and checks service-account tokens. WebCrypto and random nonces stay behind this port. */
export interface Signer {
  /** A JWS in compact form over the given claims, with `kid` in its header. */
  sign(claims: Record<string, unknown>): Promise<string>;
  /** The claims when the signature is one of ours (any published key), else undefined. Expiry is the caller's to judge. */
  verify(token: string): Promise<Record<string, unknown> | undefined>;
  /** Published keys, as a JSON Web Key Set (OIDC discovery). */
  publicKeys(): Promise<{ keys: Record<string, unknown>[] }>;
}
