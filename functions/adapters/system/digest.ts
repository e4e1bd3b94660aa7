import { createHash } from 'node:crypto';
import type { Digest } from '#ports/digest';

export const systemDigest: Digest = {
  sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
};

const MAX_REMEMBERED = 1_000;

/** For a process that is shown the same few tokens with every request. */
export function rememberingDigest(digest: Digest): Digest {
  const known = new Map<string, string>();
  return {
    sha256: (text) => {
      const before = known.get(text);
      if (before !== undefined) return before;
      const sum = digest.sha256(text);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(text, sum);
      return sum;
    },
  };
}
