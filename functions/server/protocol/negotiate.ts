import { notAcceptable, StatusError } from '#api/status';

/** What an Accept header comes to: how bytes are written, and as what. */
export interface Representation {
  format: 'json' | 'yaml';
  as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  pretty: boolean;
}

const OFFERED = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const TRANSFORMS = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);

/** The first clause that can be served. Protobuf answers are not written: a client that lists JSON too gets that. */
export function negotiate(headers: Headers, query: URLSearchParams): Representation {
  const clauses = clausesOf(headers.get('accept') ?? '');
  const pretty = isPretty(headers, query);
  if (clauses.length === 0) return { format: 'json', pretty };
  for (const clause of clauses) {
    const format = formatOf(clause.type);
    const as = clause.parameters.get('as');
    if (format === undefined || (as !== undefined && !isKnownTransform(clause.parameters))) continue;
    return { format, pretty, ...(as === undefined ? {} : { as: as as NonNullable<Representation['as']> }) };
  }
  throw clauses.some((clause) => clause.parameters.has('as')) ? notAcceptable(OFFERED) : noRepresentation();
}

interface Clause {
  type: string;
  parameters: Map<string, string>;
  quality: number;
}

function clausesOf(accept: string): Clause[] {
  const clauses = accept
    .split(',')
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')
    .map(clauseOf);
  return clauses.sort((a, b) => b.quality - a.quality); // stable: equals stay in the client's order
}

function clauseOf(text: string): Clause {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(rest.map((part) => [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()] as const));
  return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) };
}

function formatOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

function isKnownTransform(parameters: Map<string, string>): boolean {
  return TRANSFORMS.has(parameters.get('as') ?? '') && parameters.get('g') === 'meta.k8s.io' && parameters.get('v') === 'v1';
}

// People who look with a browser or curl get indented JSON, as from Kubernetes.
export function isPretty(headers: Headers, query: URLSearchParams): boolean {
  const pretty = query.get('pretty');
  if (pretty !== null) return pretty !== '0' && pretty !== 'false';
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers.get('user-agent') ?? '');
}

function noRepresentation(): StatusError {
  const all = [...OFFERED, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
  return new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${all.join(', ')}`, {});
}
