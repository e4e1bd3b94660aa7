import { PROTOBUF_MEDIA_TYPE } from '#api/codec/protobuf';
import type { ApiResource } from '#api/resource';
import { notAcceptable, StatusError } from '#api/status';

export type Format = 'json' | 'yaml' | 'protobuf';

export const MEDIA_TYPES: Record<Format, string> = { json: 'application/json', yaml: 'application/yaml', protobuf: PROTOBUF_MEDIA_TYPE };

/** What an Accept header comes to: how bytes are written, and as what. */
export interface Representation {
  format: Format;
  as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  pretty: boolean;
}

const OFFERED = Object.values(MEDIA_TYPES);
const TRANSFORMS = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);

/** The first clause that can be served; protobuf only where no other clause can be: JSON is how objects are stored, and costs nothing. What is only ever created has no Table. */
export function negotiate(headers: Headers, query: URLSearchParams, { verbs }: Pick<ApiResource, 'verbs'>): Representation {
  const accept = headers.get('accept') ?? '';
  const pretty = isPretty(headers, query);
  if (accept === '' || accept === MEDIA_TYPES.json) return { format: 'json', pretty }; // of programs
  const clauses = clausesOf(accept);
  if (clauses.length === 0) return { format: 'json', pretty };
  const offers = clauses.flatMap((clause) => offerOf(clause, pretty) ?? []).filter(({ as }) => as !== 'Table' || verbs.includes('get'));
  const best = offers.find(({ format }) => format !== 'protobuf') ?? offers[0];
  if (best !== undefined) return best;
  throw clauses.some((clause) => clause.parameters.has('as')) ? notAcceptable(OFFERED) : noRepresentation();
}

/** How a refusal is written: as the client asked, and as JSON for whom asked for something that cannot be given. */
export function negotiateRefusal(headers: Headers, query: URLSearchParams): Representation {
  const clauses = clausesOf(headers.get('accept') ?? '');
  const formats = clauses.flatMap((clause) => formatOf(clause.type) ?? []);
  return { format: formats.find((format) => format !== 'protobuf') ?? formats[0] ?? 'json', pretty: isPretty(headers, query) };
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

function offerOf({ type, parameters }: Clause, pretty: boolean): Representation | undefined {
  const format = formatOf(type);
  const as = parameters.get('as') as Representation['as'];
  if (format === undefined) return undefined;
  if (as === undefined) return { format, pretty };
  if (!isKnownTransform(parameters) || (as === 'Table' && format === 'protobuf')) return undefined; // a Table has no message
  return { format, pretty, as };
}

function formatOf(type: string): Format | undefined {
  if (type === '*/*' || type === 'application/*') return 'json';
  return (Object.keys(MEDIA_TYPES) as Format[]).find((format) => MEDIA_TYPES[format] === type);
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

export function acceptsGzip(headers: Headers): boolean {
  return /\bgzip\b/.test(headers.get('accept-encoding') ?? '');
}

function noRepresentation(): StatusError {
  const all = [...OFFERED, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
  return new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${all.join(', ')}`, {});
}
