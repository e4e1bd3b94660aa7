import type { StoredValue } from './layout.ts';

/** TTL sweeps late: until then, readers pass over what has expired. */
export function expired({ expires }: Pick<StoredValue, 'expires'>, nowSeconds: number): boolean {
  return expires !== undefined && expires <= nowSeconds;
}
