import { addQuantities, compareQuantities, parseQuantity } from './quantity.ts';
import type { Quantity } from './quantity.ts';
import type { Container, Pod, PodSpec } from './schema/kinds.generated.ts';

/** Amounts by the name of a resource. */
export type Quantities = Map<string, Quantity>;

/** What a pod asks for, or may use, at its most: as the scheduler reckons it, in the quantities' own form. */
export function podQuantities({ spec }: Pod, what: 'requests' | 'limits'): Quantities {
  const total = containerQuantities(spec ?? { containers: [] }, what);
  // What is said for the pod as a whole stands instead of the sum.
  for (const [name, amount] of quantitiesOf(spec?.resources?.[what])) total.set(name, amount);
  addInto(total, quantitiesOf(spec?.overhead));
  return total;
}

/** The same of its containers alone: those that run together, or one init container beside the sidecars that were started before it. */
export function containerQuantities(spec: PodSpec, what: 'requests' | 'limits'): Quantities {
  const of = (container: Container): Quantities => quantitiesOf(container.resources?.[what]);
  const sidecars: Quantities = new Map();
  const peak: Quantities = new Map();
  for (const container of spec.initContainers ?? []) {
    const alone: Quantities = new Map(sidecars);
    addInto(alone, of(container));
    if (container.restartPolicy === 'Always') addInto(sidecars, of(container));
    raiseTo(peak, alone);
  }
  const running = sidecars;
  for (const container of spec.containers ?? []) addInto(running, of(container));
  raiseTo(running, peak);
  return running;
}

export function addInto(total: Quantities, more: Quantities): void {
  for (const [name, amount] of more) {
    const present = total.get(name);
    total.set(name, present === undefined ? amount : addQuantities(present, amount));
  }
}

export function quantitiesOf(texts: Record<string, string | number> | undefined): Quantities {
  return new Map(Object.entries(texts ?? {}).map(([name, text]) => [name, parseQuantity(String(text))]));
}

function raiseTo(total: Quantities, other: Quantities): void {
  for (const [name, amount] of other) {
    const present = total.get(name);
    if (present === undefined || compareQuantities(present, amount) < 0) total.set(name, amount);
  }
}
