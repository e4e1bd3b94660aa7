/** The one field, as Go leaves zero counts out of the JSON. */
export function nonZero<F extends string>(field: F, count: number): Partial<Record<F, number>> {
  return count === 0 ? {} : ({ [field]: count } as Record<F, number>);
}
