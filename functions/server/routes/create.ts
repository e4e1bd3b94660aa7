import { applyDefaults } from '#api/defaulting';
import { convert } from '#api/conversion';
import { trackUpdate } from '#api/managed-fields/track';
import { trackedKind } from '#api/managed-fields/tracked-kind';
import type { KubeObject } from '#api/object';
import { storageResource } from '#api/resources';
import { badRequest, invalid } from '#api/status';
import { judge } from '#api/strategy';
import type { StoredObject } from '#store/object-store';
import { admit } from '../admission/admit.ts';
import { serviceClaims } from '../admission/service-allocation.ts';
import { readObject } from '../protocol/decode-object.ts';
import { fieldWriterOf } from '../protocol/field-writer.ts';
import { respondStored } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import { ring } from './ring.ts';
import type { ResourceRequest } from './resource-request.ts';

export async function create(request: ResourceRequest): Promise<Response> {
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const object = toStorage(request, await readObject(request, options.fieldValidation));
  inNamespaceOf(request, object);
  judgeAsRequested(request, object);
  return respondStored(request, await writeNew(request, object, options), 201);
}

export interface NewOptions {
  dryRun: boolean;
  /** undefined: who owns what has been settled. */
  fieldManager?: string;
}

/** An object of the stored version, on its way through admission into the store. */
export async function writeNew(request: ResourceRequest, given: KubeObject, { dryRun, fieldManager }: NewOptions): Promise<StoredObject> {
  const { deps, user, resource, info } = request;
  const object = tracked(request, given, { live: undefined, fieldManager });
  const stored = storageResource(resource);
  const { name = '', generateName = '' } = object.metadata;
  request.name = name;
  await admit({ operation: 'CREATE', user, resource, subresource: '', namespace: info.namespace, name: name || generateName, object, dryRun }, deps);
  const written = await deps.store.create(stored, object, { dryRun, warn: warner(request), ...serviceClaims(deps, stored) });
  request.warnings.push(...unservedWarning(request));
  if (!dryRun) await ring(deps, stored, written.revision);
  return written;
}

/** An object of the stored version with its managedFields, which are told in the version of the request. */
export function tracked(request: ResourceRequest, object: KubeObject, { live, fieldManager }: { live: KubeObject | undefined; fieldManager: string | undefined }): KubeObject {
  if (fieldManager === undefined) return object;
  const { resource, subresource } = request;
  const stored = storageResource(resource);
  const [asked, before] = [convert(object, stored, resource), live && convert(live, stored, resource)];
  const { metadata } = trackUpdate(trackedKind(resource, subresource?.name ?? ''), asked, { live: before, writer: fieldWriterOf(request, fieldManager) });
  const { managedFields: _asked, ...own } = object.metadata;
  return { ...object, metadata: { ...own, ...(metadata.managedFields && { managedFields: metadata.managedFields }) } };
}

/** Collects what the client is told, each once. */
export function warner({ warnings }: ResourceRequest): (warning: string) => void {
  return (warning) => {
    if (!warnings.includes(warning)) warnings.push(warning);
  };
}

/** Defaults are those of the stored version. */
export function toStorage({ resource }: ResourceRequest, object: KubeObject): KubeObject {
  const stored = storageResource(resource);
  const converted = convert(object, resource, stored);
  applyDefaults(stored, converted);
  return converted;
}

// A version may be stricter than the one that is stored (Events of events.k8s.io), and names its own fields.
function judgeAsRequested({ resource }: ResourceRequest, object: KubeObject): void {
  const stored = storageResource(resource);
  if (stored === resource || !object.metadata.name) return;
  const fields = judge(resource, convert(object, stored, resource));
  if (fields.length > 0) throw invalid({ group: stored.group, kind: stored.kind }, object.metadata.name, fields);
}

/** An object's namespace is that of the path, or nothing. */
export function inNamespaceOf({ resource, info }: ResourceRequest, object: KubeObject): void {
  requireSameNamespace(object, resource.namespaced ? info.namespace : '');
  if (resource.namespaced) object.metadata.namespace = info.namespace;
  else delete object.metadata.namespace;
}

export function requireSameNamespace({ metadata: { namespace } }: KubeObject, asked: string): void {
  if (namespace && namespace !== asked) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

// Better said at once than found out by waiting: the object is kept, and nothing will act on it.
function unservedWarning({ deps, resource }: ResourceRequest): string[] {
  const served = deps.config.servedKinds.has(`${resource.group}/${resource.kind}`);
  return served ? [] : [`no controller of this cluster serves ${resource.kind} yet: the object is stored, and nothing acts on it`];
}
