/** An IntOrString as an absolute number: "25%" of `total`, rounded up (surge) or down (unavailable). */
export function scaledValue(value: number | string | undefined, total: number, round: 'up' | 'down'): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const percent = Number.parseInt(value, 10);
  if (!value.endsWith('%') || Number.isNaN(percent)) return 0;
  const scaled = (percent * total) / 100;
  return round === 'up' ? Math.ceil(scaled) : Math.floor(scaled);
}
