/** Identity and chance come in here. */
export interface Ids {
  /** A random (version 4) UUID. */
  uuid(): string;
  /** `length` characters of `NAME_ALPHABET`, for generateName and pod names. */
  suffix(length: number): string;
  /** An integer in [0, below). */
  integer(below: number): number;
}

/** Kubernetes' alphabet for generated names: without vowels and look-alikes, so that no word comes out. */
export const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Two version 4 UUIDs: 244 random bits. */
export function newSecret(ids: Pick<Ids, 'uuid'>): string {
  return `${ids.uuid()}${ids.uuid()}`.replaceAll('-', '');
}
