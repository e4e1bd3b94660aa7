import { answersDeletionWithObject } from '../deletion-answer.ts';
import type { ApiResource, ApiSubresource } from '../resource.ts';
import { groupVersionOf, kindsOf, typeOf } from '../schema/schema.ts';
import type { GroupVersionKind } from './definitions.ts';

/** One path of the API with its operations, in words that OpenAPI v2 and v3 are both written from. */
export interface PathItem {
  path: string;
  parameters: Parameter[];
  operations: Partial<Record<Method, Operation>>;
}

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  type: 'string' | 'boolean' | 'integer';
}

export interface Operation {
  id: string;
  tag: string;
  action: string;
  gvk: GroupVersionKind;
  parameters: Parameter[];
  /** Name of a struct of the table, or `patch`. */
  body?: { struct: string; required: boolean };
  /** The struct of the answer; undefined: text. */
  answer: string | undefined;
  codes: number[];
}

export const PATCH_MEDIA_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

const LIST_QUERY = 'allowWatchBookmarks:boolean continue fieldSelector labelSelector limit:integer resourceVersion resourceVersionMatch sendInitialEvents:boolean timeoutSeconds:integer';
const WRITE_QUERY = 'dryRun fieldManager fieldValidation';
const DELETE_QUERY = 'dryRun gracePeriodSeconds:integer ignoreStoreReadErrorWithClusterBreakingPotential:boolean orphanDependents:boolean propagationPolicy';

export function pathsOf(resource: ApiResource): PathItem[] {
  const { group, version, namespaced, resource: plural } = resource;
  const root = `${group === '' ? '/api' : '/apis'}/${groupVersionOf(group, version)}`;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const everywhere: PathItem[] = namespaced && resource.verbs.includes('list') ? [{ path: `${root}/${plural}`, parameters: [PRETTY], operations: { get: listOperation(resource, 'ForAllNamespaces') } }] : [];
  const items = [
    ...everywhere,
    { path: collection, parameters: pathParameters(resource, false), operations: collectionOperations(resource) },
    { path: `${collection}/{name}`, parameters: pathParameters(resource, true), operations: objectOperations(resource, resource, '') },
    ...resource.subresources.map((sub) => ({
      path: `${collection}/{name}/${sub.name}`,
      parameters: pathParameters(resource, true),
      operations: isConnect(sub) ? connectOperations(resource, sub) : objectOperations(resource, sub, capital(sub.name)),
    })),
  ];
  return items.filter(({ operations }) => Object.keys(operations).length > 0);
}

/** The structs that a path's bodies and answers are of, and `patch`. */
export function structsOf({ operations }: PathItem): string[] {
  return Object.values(operations)
    .flatMap(({ body, answer }) => [body?.struct, answer])
    .filter((name) => name !== undefined);
}

const PRETTY: Parameter = { name: 'pretty', in: 'query', type: 'string' };

function pathParameters({ namespaced }: ApiResource, named: boolean): Parameter[] {
  const names = [...(named ? ['name'] : []), ...(namespaced ? ['namespace'] : [])];
  return [...names.map((name): Parameter => ({ name, in: 'path', type: 'string' })), PRETTY];
}

function collectionOperations(resource: ApiResource): PathItem['operations'] {
  const { verbs } = resource;
  const scope = resource.namespaced ? 'Namespaced' : '';
  const struct = structOf(resource);
  const make = operationMaker(resource, resource);
  return {
    ...(verbs.includes('list') && { get: listOperation(resource, '') }),
    ...(verbs.includes('create') && {
      post: make(`create${prefixOf(resource)}${scope}${resource.kind}`, 'post', { query: WRITE_QUERY, body: { struct, required: true }, answer: struct, codes: [200, 201, 202] }),
    }),
    ...(verbs.includes('deletecollection') && {
      delete: make(`delete${prefixOf(resource)}Collection${scope}${resource.kind}`, 'deletecollection', {
        query: `${LIST_QUERY.replace('allowWatchBookmarks:boolean ', '')} ${DELETE_QUERY}`,
        body: { struct: 'meta/v1.DeleteOptions', required: false },
        answer: 'meta/v1.Status',
        codes: [200],
      }),
    }),
  };
}

function listOperation(resource: ApiResource, suffix: 'ForAllNamespaces' | ''): Operation {
  const scope = resource.namespaced && suffix === '' ? 'Namespaced' : '';
  const list = kindsOf(groupVersionOf(resource.group, resource.version)).get(`${resource.kind}List`);
  return operationMaker(resource, resource)(`list${prefixOf(resource)}${scope}${resource.kind}${suffix}`, 'list', { query: `${LIST_QUERY} watch:boolean`, answer: list, codes: [200] });
}

function objectOperations(resource: ApiResource, of: ApiResource | ApiSubresource, suffix: string): PathItem['operations'] {
  const { verbs } = of;
  const struct = structOf(of);
  const answer = suffix === 'Log' ? undefined : struct;
  const name = `${prefixOf(resource)}${resource.namespaced ? 'Namespaced' : ''}${resource.kind}${suffix}`;
  const make = operationMaker(resource, of);
  const body = { struct, required: true };
  return {
    ...(verbs.includes('get') && { get: make(`read${name}`, 'get', { query: suffix === 'Log' ? LOG_QUERY : '', answer, codes: [200] }) }),
    ...(verbs.includes('update') && { put: make(`replace${name}`, 'put', { query: WRITE_QUERY, body, answer, codes: [200, 201] }) }),
    ...(verbs.includes('create') && suffix !== '' && { post: make(`create${name}`, 'post', { query: WRITE_QUERY, body, answer, codes: [200, 201, 202] }) }),
    ...(verbs.includes('delete') && {
      delete: make(`delete${name}`, 'delete', { query: DELETE_QUERY, body: { struct: 'meta/v1.DeleteOptions', required: false }, answer: answersDeletionWithObject(resource) ? answer : 'meta/v1.Status', codes: [200, 202] }),
    }),
    ...(verbs.includes('patch') && { patch: make(`patch${name}`, 'patch', { query: `${WRITE_QUERY} force:boolean`, body: { struct: 'patch', required: true }, answer, codes: [200, 201] }) }),
  };
}

const LOG_QUERY = 'container follow:boolean insecureSkipTLSVerifyBackend:boolean limitBytes:integer previous:boolean sinceSeconds:integer stream tailLines:integer timestamps:boolean';

// Streams (exec, attach, port-forward) and proxied requests: their bodies are nobody's business here.
function isConnect({ kind }: ApiSubresource): boolean {
  return kind.endsWith('Options');
}

const METHODS: Record<string, Method> = { get: 'get', create: 'post', update: 'put', delete: 'delete', patch: 'patch' };

function connectOperations(resource: ApiResource, sub: ApiSubresource): PathItem['operations'] {
  const make = operationMaker(resource, sub);
  const operations: PathItem['operations'] = {};
  for (const verb of sub.verbs) {
    const method = METHODS[verb];
    if (!method) continue;
    const id = `connect${prefixOf(resource)}${capital(method)}${resource.namespaced ? 'Namespaced' : ''}${resource.kind}${capital(sub.name)}`;
    operations[method] = make(id, 'connect', { query: '', answer: undefined, codes: [200] });
  }
  return operations;
}

interface Shape {
  query: string;
  body?: { struct: string; required: boolean };
  answer: string | undefined;
  codes: number[];
}

function operationMaker(resource: ApiResource, { group, version, kind }: GroupVersionKind) {
  const tag = `${uncapital(groupWord(resource.group))}_${resource.version}`;
  return (id: string, action: string, { query, ...shape }: Shape): Operation => ({ id, tag, action, gvk: { group, version, kind }, parameters: queryParameters(query), ...shape });
}

function queryParameters(text: string): Parameter[] {
  const words = text.split(' ').filter((word) => word !== '').sort();
  return words.map((word) => {
    const [name = '', type = 'string'] = word.split(':');
    return { name, in: 'query', type: type as Parameter['type'] };
  });
}

function structOf({ group, version, kind }: GroupVersionKind): string {
  const struct = typeOf(group, version, kind);
  if (!struct) throw new Error(`no type of ${group} ${version} ${kind}`);
  return struct.name;
}

// rbac.authorization.k8s.io/v1 is RbacAuthorizationV1.
function prefixOf({ group, version }: ApiResource): string {
  return groupWord(group) + capital(version);
}

function groupWord(group: string): string {
  if (group === '') return 'Core';
  return group.replace(/\.k8s\.io$/, '').split('.').map(capital).join('');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function uncapital(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}
