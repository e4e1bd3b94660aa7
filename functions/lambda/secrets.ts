import { createSigner, createSigningKey } from '#adapters/signer/key-file-signer';
import { keptSecret } from '#adapters/ssm/kept-secret';
import type { Clock } from '#ports/clock';
import type { Signer } from '#ports/signer';
import * as z from 'zod';
import { awsService } from './aws-service.ts';
import { once } from './once.ts';

const KeyPair = z.object({ certificate: z.string(), privateKey: z.string() });
const Secrets = z.object({ authority: KeyPair, signingKeys: z.array(z.string()).min(1) });
export type Secrets = z.infer<typeof Secrets>;

/** The cluster's CA and signing keys: one SecureString (4 KB at most), made at the first start. */
export function createSecrets({ parameter, cluster, clock }: { parameter: string; cluster: string; clock: Clock }): () => Promise<Secrets> {
  return once(async () => {
    const text = await keptSecret({ ...awsService('ssm', clock), name: parameter, clock }, async () => {
      // Loaded once in an installation's life.
      const { createAuthority } = await import('#adapters/certificates/authority');
      const made: Secrets = { authority: await createAuthority(cluster, clock.now()), signingKeys: [await createSigningKey()] };
      return JSON.stringify(made);
    });
    return Secrets.parse(JSON.parse(text));
  });
}

/** Reads the keys when the first token is to be signed or checked: requests with API tokens never wait for them. */
export function createLazySigner(secrets: () => Promise<Secrets>): Signer {
  const signer = once(async () => createSigner((await secrets()).signingKeys));
  return {
    sign: async (claims) => (await signer()).sign(claims),
    verify: async (token) => (await signer()).verify(token),
    publicKeys: async () => (await signer()).publicKeys(),
  };
}
