/** How often each function has run already because of one first event. */
type Lineage = Map<string, number>;

/** As often a function may run in one chain of events; what would run it once more, Lambda drops. */
const MOST_RUNS = 16;

export interface Hop {
  /** Travels with what the function sends, and comes back with the events that this makes. */
  traceHeader: string;
  isOneTooMany: boolean;
}

/** One more run of a function. Of several messages the longest chain counts (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). */
export function hop(functionId: string, event: unknown): Hop {
  const lineage: Lineage = new Map();
  const { Records = [] } = event as { Records?: { attributes?: { AWSTraceHeader?: string } }[] };
  for (const [id, runs] of Records.flatMap(({ attributes }) => entriesOf(attributes?.AWSTraceHeader ?? ''))) lineage.set(id, Math.max(runs, lineage.get(id) ?? 0));
  const runs = (lineage.get(functionId) ?? 0) + 1;
  lineage.set(functionId, runs);
  const entries = [...lineage].map((entry) => entry.join(':')).join('|');
  return { traceHeader: `Root=1-00000000-000000000000000000000000;Sampled=0;Lineage=${entries}`, isOneTooMany: runs > MOST_RUNS };
}

function entriesOf(traceHeader: string): [id: string, runs: number][] {
  const entries = /Lineage=([^;]+)/.exec(traceHeader)?.[1]?.split('|') ?? [];
  return entries.map((entry) => entry.split(':')).map(([id = '', runs]) => [id, Number(runs)]);
}
