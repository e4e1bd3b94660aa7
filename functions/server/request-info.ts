/**
 * What a path and method ask for, as the authoriser and the routes both read it. The rules are Kubernetes' own: `/api/v1/...`,
 * `/apis/<group>/<version>/...`, an optional `namespaces/<ns>`, then resource, name, subresource; everything else is a path.
 */
export interface RequestInfo {
  isResource: boolean;
  path: string;
  /** For a path, the method in lower case. */
  verb: string;
  group: string;
  version: string;
  namespace: string;
  resource: string;
  subresource: string;
  name: string;
  /** What comes behind the subresource (proxy paths). */
  rest: string;
}

const VERB_OF_METHOD: Record<string, string> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
// These follow a namespace's name and belong to it; other words there are resources inside it.
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

export function requestInfoOf(method: string, url: URL): RequestInfo {
  const all = url.pathname.replace(/^\/+|\/$/g, '').split('/').map(decode);
  const segments = all.filter((segment) => segment !== '');
  const start = prefixOf(segments);
  const path: RequestInfo = { ...NONE, path: url.pathname, verb: method.toLowerCase() };
  if (start === undefined || hasEmptyName(all)) return path;

  const deprecatedWatch = segments[start.length] === 'watch';
  const rest = segments.slice(start.length + (deprecatedWatch ? 1 : 0));
  if (rest.length === 0) return path;

  const info = { ...path, isResource: true, group: start.group, version: start.version, verb: VERB_OF_METHOD[method] ?? '', ...partsOf(rest) };
  return deprecatedWatch ? { ...info, verb: 'watch' } : { ...info, ...verbAndName(info, url.searchParams) };
}

const NONE = { isResource: false, path: '', verb: '', group: '', version: '', namespace: '', resource: '', subresource: '', name: '', rest: '' };

// Slashes around a path mean nothing, two inside it an empty name. Behind a proxy they are somebody else's matter.
function hasEmptyName(segments: string[]): boolean {
  const proxy = segments.indexOf('proxy');
  return (proxy < 0 ? segments : segments.slice(0, proxy)).includes('');
}

function prefixOf(segments: string[]): { group: string; version: string; length: number } | undefined {
  if (segments[0] === 'api' && segments.length > 2) return { group: '', version: segments[1] ?? '', length: 2 };
  if (segments[0] === 'apis' && segments.length > 3) return { group: segments[1] ?? '', version: segments[2] ?? '', length: 3 };
  return undefined;
}

function partsOf(segments: string[]): Pick<RequestInfo, 'namespace' | 'resource' | 'name' | 'subresource' | 'rest'> {
  const [first, second, third] = segments;
  const inside = first === 'namespaces' && third !== undefined && !NAMESPACE_SUBRESOURCES.has(third);
  const parts = inside ? segments.slice(2) : segments;
  // A namespace is inside itself, so that a Role in it can grant access to it.
  const namespace = first === 'namespaces' ? (second ?? '') : '';
  return { namespace, resource: parts[0] ?? '', name: parts[1] ?? '', subresource: parts[2] ?? '', rest: parts.slice(3).join('/') };
}

// GET of one object is never a watch, whatever the query says; a collection narrowed to one name counts as that name (resourceNames).
function verbAndName(info: RequestInfo, query: URLSearchParams): Pick<RequestInfo, 'verb' | 'name'> {
  if (info.name !== '') return { verb: info.verb, name: info.name };
  if (info.verb === 'delete') return { verb: 'deletecollection', name: '' };
  if (info.verb !== 'get') return { verb: info.verb, name: '' };
  return { verb: isTrue(query.get('watch')) ? 'watch' : 'list', name: selectedName(query.get('fieldSelector')) };
}

function selectedName(fieldSelector: string | null): string {
  const terms = (fieldSelector ?? '').split(',').map((term) => /^metadata\.name==?([^=]+)$/.exec(term)?.[1]);
  return terms.find((name) => name !== undefined) ?? '';
}

/** A query's boolean: given without a value it is true; "0" and "false" are not. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // not ours to refuse: it will match no resource
  }
}
