import type { Taint, Toleration } from '#api/schema/kinds.generated';

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? 'Equal') {
    case 'Exists':
      return true;
    case 'Equal':
      return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
    case 'Gt':
      return Number(taint.value) > Number(toleration.value);
    case 'Lt':
      return Number(taint.value) < Number(toleration.value);
    default:
      return false;
  }
}

export function untolerated(tolerations: Toleration[] | undefined, taints: Taint[] | undefined, effects: string[]): Taint[] {
  return (taints ?? []).filter((taint) => effects.includes(taint.effect) && !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)));
}

/**
 * How long a pod may stay on a node with these NoExecute taints: undefined, for ever; 0, not at all. Of several tolerations that match one
 * taint the shortest counts, and of several taints too.
 */
export function toleranceSeconds(tolerations: Toleration[] | undefined, taints: Taint[]): number | undefined {
  let shortest: number | undefined;
  for (const taint of taints.filter(({ effect }) => effect === 'NoExecute')) {
    const matching = (tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching) {
      if (tolerationSeconds !== undefined) shortest = Math.min(shortest ?? Infinity, Math.max(0, Number(tolerationSeconds)));
    }
  }
  return shortest;
}
