import type { Container } from '#api/schema/kinds.generated';

/** Of what may change while a pod lives and then wants a new container: its image. FNV-1a, to tell versions apart, not to resist anyone. */
export function specHashOf(container: Container): string {
  let hash = 0x811c9dc5;
  for (const char of `${container.name}\n${container.image ?? ''}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
