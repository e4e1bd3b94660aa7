import { isEqual } from '../equal.ts';
import type { KubeObject } from '../object.ts';

/** The usual answer to `isNewGeneration`: what is wanted has changed. */
export function specChanged(object: KubeObject, old: KubeObject): boolean {
  return !isEqual(object.spec, old.spec);
}
