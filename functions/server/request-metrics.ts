import type { RequestInfo } from './request-info.ts';

/** How many requests of each sort there were since this process began, and how long their answers took to begin; for `/metrics`. */
export interface RequestMetrics {
  observe: (info: RequestInfo | undefined, code: number, seconds: number) => void;
  /** Prometheus' text format. */
  text: () => string;
}

const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 4, 8, 15, 30, 60];
/** Labels come from requests: whoever asks for nonsense must not fill memory. */
const MAX_SERIES = 5000;

interface Durations {
  buckets: number[];
  sum: number;
  count: number;
}

export function createRequestMetrics(): RequestMetrics {
  const totals = new Map<string, number>();
  const durations = new Map<string, Durations>();
  return {
    observe: (info, code, seconds) => {
      const labels = labelsOf(info);
      const total = `${labels},code="${code}"`;
      if (!totals.has(total) && totals.size >= MAX_SERIES) return;
      totals.set(total, (totals.get(total) ?? 0) + 1);
      const of = durations.get(labels) ?? { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 };
      durations.set(labels, of);
      of.sum += seconds;
      of.count++;
      for (const [i, bound] of BUCKETS.entries()) if (seconds <= bound) of.buckets[i] = (of.buckets[i] ?? 0) + 1;
    },
    text: () => `${[...totalLines(totals), ...durationLines(durations)].join('\n')}\n`,
  };
}

function totalLines(totals: ReadonlyMap<string, number>): string[] {
  const lines = [...totals].map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`);
  return ['# HELP apiserver_request_total Requests that were answered, by what they asked for and the code of the answer.', '# TYPE apiserver_request_total counter', ...lines];
}

function durationLines(durations: ReadonlyMap<string, Durations>): string[] {
  const name = 'apiserver_request_duration_seconds';
  const lines = [...durations].flatMap(([labels, { buckets, sum, count }]) => [
    ...BUCKETS.map((bound, i) => `${name}_bucket{${labels},le="${bound}"} ${buckets[i]}`),
    `${name}_bucket{${labels},le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${sum}`,
    `${name}_count{${labels}} ${count}`,
  ]);
  return [`# HELP ${name} Seconds until the answer began.`, `# TYPE ${name} histogram`, ...lines];
}

// A path that is no resource is not named: there are too many.
function labelsOf(info: RequestInfo | undefined): string {
  if (!info?.isResource) return `verb="${word(info?.verb ?? '')}",group="",version="",resource="",subresource=""`;
  const { verb, group, version, resource, subresource } = info;
  return `verb="${word(verb)}",group="${word(group)}",version="${word(version)}",resource="${word(resource)}",subresource="${word(subresource)}"`;
}

function word(text: string): string {
  return text.slice(0, 63).replace(/[^\w.-]/g, '_');
}
