import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { ServerDeps } from '../deps.ts';
import type { User } from '../user.ts';
import { addDefaultTolerations } from './default-tolerations.ts';
import { checkNamespace } from './namespace-lifecycle.ts';
import { restrictNode } from './node-restriction.ts';
import { taintNewNode } from './node-taint.ts';
import { resolvePriority } from './priority.ts';
import { applyServiceAccount } from './service-account.ts';

/** One write on its way to the store. `object` is the caller's own copy: plugins complete it in place. */
export interface AdmissionRequest {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  user: User;
  resource: ApiResource;
  subresource: string;
  namespace: string;
  name: string;
  /** Absent on DELETE. */
  object?: KubeObject;
  /** Absent on CREATE. */
  old?: KubeObject;
}

export type AdmissionPlugin = (request: AdmissionRequest, deps: ServerDeps) => Promise<void> | void;

/** Those that complete the object come before those that only judge it. */
const PLUGINS: readonly AdmissionPlugin[] = [checkNamespace, applyServiceAccount, resolvePriority, addDefaultTolerations, taintNewNode, restrictNode];

/** Runs the plugins in order; the first StatusError refuses the write. */
export async function admit(request: AdmissionRequest, deps: ServerDeps): Promise<void> {
  for (const plugin of PLUGINS) await plugin(request, deps);
}

export function isPodCreate({ operation, resource, subresource }: AdmissionRequest): boolean {
  return operation === 'CREATE' && isKind(resource, '', 'pods') && subresource === '';
}

export function isKind(resource: ApiResource, group: string, plural: string): boolean {
  return resource.group === group && resource.resource === plural;
}
