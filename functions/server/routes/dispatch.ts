import { RESOURCES, resourceFor } from '#api/resources';
import type { ApiResource, ApiSubresource } from '#api/resource';
import { methodNotAllowed, unknownResource } from '#api/status';
import type { RequestInfo } from '../request-info.ts';
import { reviewAccess, reviewLocalAccess, reviewOwnAccess } from './access-reviews.ts';
import { bind } from './binding.ts';
import { create } from './create.ts';
import { deleteCollection, deleteOne } from './delete.ts';
import { evict } from './eviction.ts';
import { attach, exec } from './exec.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { podLog } from './log.ts';
import { getLease, listLeases } from './node-leases.ts';
import { nodeProxy } from './node-proxy.ts';
import { patch } from './patch.ts';
import { portForward } from './port-forward.ts';
import { proxy } from './proxy.ts';
import type { Handler } from './resource-request.ts';
import { reviewOwnRules, reviewSelf, reviewToken } from './reviews.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { requestToken } from './token-request.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

export interface Route {
  resource: ApiResource;
  subresource?: ApiSubresource;
  handler: Handler;
}

/** undefined: the group is not served at all (a plain 404). Throws the Status for what a served group does not have. */
export function routeFor(info: RequestInfo): Route | undefined {
  if (!isServedGroup(info.group)) return undefined;
  const resource = resourceFor(info.group, info.version, info.resource);
  if (resource === undefined || hasSlash(info) || (info.rest !== '' && info.subresource !== 'proxy') || !isWellPlaced(info, resource)) throw unknownResource();
  if (info.subresource === '') return { resource, handler: handlerOf(resource, info) };
  const subresource = resource.subresources.find(({ name }) => name === info.subresource);
  if (subresource === undefined) throw unknownResource();
  return { resource, subresource, handler: subresourceHandler(resource, subresource, info.verb) };
}

// An escaped slash is no part of any name.
function hasSlash(info: RequestInfo): boolean {
  return info.namespace.includes('/') || (isNamed(info) && info.name.includes('/'));
}

function isServedGroup(group: string): boolean {
  return RESOURCES.some((resource) => resource.group === group);
}

// Objects of a namespace have one in their path; a whole collection may be read over all namespaces.
function isWellPlaced(info: RequestInfo, resource: ApiResource): boolean {
  const inNamespace = info.namespace !== '' && info.resource !== 'namespaces';
  if (!resource.namespaced) return !inNamespace;
  return inNamespace || !isNamed(info);
}

// The name of a list or watch comes from its selector, not from the path (the deprecated /watch/ paths name a collection too).
function isNamed({ verb, name }: RequestInfo): boolean {
  return name !== '' && verb !== 'list' && verb !== 'watch';
}

const VERBS: Record<string, { handler: Handler; named: boolean }> = {
  create: { handler: create, named: false },
  get: { handler: get, named: true },
  list: { handler: list, named: false },
  watch: { handler: watch, named: false },
  update: { handler: update, named: true },
  patch: { handler: patch, named: true },
  delete: { handler: deleteOne, named: true },
  deletecollection: { handler: deleteCollection, named: false },
};

/** What has no objects of its own. */
const VIRTUAL: Record<string, Handler> = {
  'bindings.': bind,
  'tokenreviews.authentication.k8s.io': reviewToken,
  'selfsubjectreviews.authentication.k8s.io': reviewSelf,
  'subjectaccessreviews.authorization.k8s.io': reviewAccess,
  'localsubjectaccessreviews.authorization.k8s.io': reviewLocalAccess,
  'selfsubjectaccessreviews.authorization.k8s.io': reviewOwnAccess,
  'selfsubjectrulesreviews.authorization.k8s.io': reviewOwnRules,
};

const LEASES = 'leases.coordination.k8s.io';
const LEASE_VERBS: Record<string, Handler> = { get: getLease, list: listLeases };

function handlerOf(resource: ApiResource, info: RequestInfo): Handler {
  const verb = VERBS[info.verb];
  const outside = resource.namespaced && info.namespace === '' && !['list', 'watch'].includes(info.verb);
  if (verb === undefined || verb.named !== isNamed(info) || outside || !resource.verbs.includes(info.verb)) throw methodNotAllowed();
  const name = `${resource.resource}.${resource.group}`;
  return VIRTUAL[name] ?? (name === LEASES ? LEASE_VERBS[info.verb] : undefined) ?? verb.handler;
}

/** By the name of the subresource; those of the object itself (status, finalize, approval ...) are the last case. */
function subresourceHandler(resource: ApiResource, { name, verbs }: ApiSubresource, verb: string): Handler {
  // A proxy takes what HTTP has, OPTIONS too, which is no verb of Kubernetes.
  if (!verbs.includes(verb) && (name !== 'proxy' || verb !== '')) throw methodNotAllowed();
  switch (name) {
    case 'scale':
      return verb === 'get' ? getScale : verb === 'update' ? updateScale : patchScale;
    case 'binding':
      return bind;
    case 'eviction':
      return evict;
    case 'token':
      return requestToken;
    case 'log':
      return podLog;
    case 'exec':
      return exec;
    case 'attach':
      return attach;
    case 'portforward':
      return portForward;
    case 'proxy':
      return resource.resource === 'nodes' ? nodeProxy : proxy;
    default:
      return verb === 'get' ? get : verb === 'update' ? update : patch;
  }
}
