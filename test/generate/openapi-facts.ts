import { createHash } from 'node:crypto';

/**
 * An OpenAPI v3 document as facts that can be compared: one hash a schema and an operation, of everything but its prose. The recorded
 * hashes of the original's documents are small enough to keep, and none of its texts are kept.
 */
export interface OpenApiFacts {
  schemas: Record<string, string>;
  operations: Record<string, string>;
}

type Json = Record<string, unknown>;
interface Document {
  paths: Record<string, Json>;
  components: { schemas: Record<string, Json> };
}

// Not offered here: deprecated watch paths, the proxy's sub-paths, sharded watches (alpha).
const OTHER_PATHS = /\/watch\/|\/proxy\/\{path\}$|\/v\d\/$/;
const OTHER_METHODS = new Set(['parameters', 'head', 'options']);
const OTHER_PARAMETERS = new Set(['shardSelector']);

export function openApiFacts(document: unknown): OpenApiFacts {
  const { paths, components } = document as Document;
  const operations = Object.entries(paths)
    .filter(([path]) => !OTHER_PATHS.test(path))
    .flatMap(([path, item]) => operationsOf(path, item));
  return { schemas: hashes(Object.entries(components.schemas)), operations: hashes(operations) };
}

// Where a parameter stands, with the path or with each operation, says nothing; of a connect operation only that it is there.
function operationsOf(path: string, item: Json): [string, Json][] {
  const shared = (item['parameters'] ?? []) as Json[];
  return Object.entries(item)
    .filter(([method]) => !OTHER_METHODS.has(method))
    .map(([method, value]) => {
      const operation = value as Json;
      const { parameters = [], ...rest } = operation as { parameters?: Json[] };
      const names = [...shared, ...parameters].map((parameter) => `${String(parameter['name'])}:${JSON.stringify(parameter['schema'])}`);
      const connects = operation['x-kubernetes-action'] === 'connect' || path.endsWith('/log');
      const facts = connects ? { id: operation['operationId'] } : { ...rest, parameters: names.filter((name) => !OTHER_PARAMETERS.has(name.split(':')[0] ?? '')).sort() };
      return [`${method} ${path}`, facts];
    });
}

function hashes(entries: [string, unknown][]): Record<string, string> {
  const hashed = entries.map(([name, value]): [string, string] => [name, createHash('sha256').update(JSON.stringify(canonical(value))).digest('hex').slice(0, 12)]);
  return Object.fromEntries(hashed.sort(([a], [b]) => (a < b ? -1 : 1)));
}

// Sorted keys, no descriptions; `allOf` around one reference is only how 3.0 puts something beside it.
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const { allOf, ...members } = value as Json;
  const opened = Array.isArray(allOf) && allOf.length === 1 ? { ...members, ...(allOf[0] as Json) } : (value as Json);
  const kept = Object.entries(opened).filter(([key, member]) => !(key === 'description' && typeof member === 'string') && key !== 'x-kubernetes-unions');
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, canonical(member)]));
}
