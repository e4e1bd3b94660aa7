import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { ServerConfig, ServerPorts } from '../deps.ts';
import type { User } from '../user.ts';

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
  /** Nothing is to be written, beside it neither. */
  dryRun?: boolean;
}

/** The part of the server that admission needs; the loop, which creates objects without a request, has this much too. */
export interface AdmissionDeps extends Pick<ServerPorts, 'store' | 'table' | 'ids'> {
  config: Pick<ServerConfig, 'serviceCidr' | 'nodePorts' | 'serviceAccountAdmission'>;
}

export type AdmissionPlugin = (request: AdmissionRequest, deps: AdmissionDeps) => Promise<void> | void;

export function isPodCreate({ operation, resource, subresource }: AdmissionRequest): boolean {
  return operation === 'CREATE' && isKind(resource, '', 'pods') && subresource === '';
}

export function isPodWrite({ operation, resource, subresource }: AdmissionRequest): boolean {
  return operation !== 'DELETE' && isKind(resource, '', 'pods') && subresource === '';
}

export function isKind(resource: ApiResource, group: string, plural: string): boolean {
  return resource.group === group && resource.resource === plural;
}
