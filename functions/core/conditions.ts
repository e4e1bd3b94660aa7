export interface ConditionLike {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string | null;
}

export function findCondition<C extends ConditionLike>(conditions: C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The list with `condition` in its place; the transition time stays while the status does. */
export function withCondition<C extends ConditionLike>(conditions: C[] | undefined, condition: C): C[] {
  const current = findCondition(conditions, condition.type);
  const kept = current !== undefined && current.status === condition.status && current.lastTransitionTime != null;
  const next = kept ? { ...condition, lastTransitionTime: current.lastTransitionTime } : condition;
  if (current === undefined) return [...(conditions ?? []), next];
  return (conditions ?? []).map((other) => (other.type === condition.type ? next : other));
}

export function withoutCondition<C extends ConditionLike>(conditions: C[] | undefined, type: string): C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}
