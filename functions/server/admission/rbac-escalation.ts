import type { KubeObject } from '#api/object';
import { forbidden } from '#api/status';
import { covers, type PolicyRule } from '#core/rbac';
import { authorize } from '../authorize/authorize.ts';
import { rulesOfRole, rulesOfUser, type RoleRef } from '../authorize/roles.ts';
import { MASTERS } from '../user.ts';
import type { AdmissionDeps, AdmissionRequest } from './request.ts';

const RBAC = 'rbac.authorization.k8s.io';

interface RbacObject extends KubeObject {
  rules?: PolicyRule[];
  roleRef?: RoleRef;
}

/** Nobody writes a role, or binds one, that grants more than they hold; unless they may `escalate` or `bind` by name. */
export async function preventEscalation(request: AdmissionRequest, { store }: AdmissionDeps): Promise<void> {
  const { user, resource, operation, namespace, name } = request;
  if (resource.group !== RBAC || operation === 'DELETE' || user.groups.includes(MASTERS)) return;
  const object = request.object as RbacObject | undefined;
  const role = object?.roleRef;
  const may = async (verb: string, plural: string, on: string): Promise<boolean> =>
    (await authorize(store, { user, access: { verb, group: RBAC, resource: plural, subresource: '', name: on, namespace } })).allowed;
  const allowed = role ? await may('bind', role.kind === 'ClusterRole' ? 'clusterroles' : 'roles', role.name) : await may('escalate', resource.resource, name);
  if (allowed) return;

  const wanted = role ? await rulesOfRole(store, role, namespace) : (object?.rules ?? []);
  if (covers(await rulesOfUser(store, user, namespace), wanted)) return;
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
  throw forbidden(resource, name, `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${wanted.map(textOf).join('\n')}`);
}

function textOf({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const parts = Object.entries({ APIGroups: apiGroups, Resources: resources, ResourceNames: resourceNames, NonResourceURLs: nonResourceURLs, Verbs: verbs });
  return `{${parts.flatMap(([label, values]) => (values?.length ? [`${label}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`] : [])).join(', ')}}`;
}
