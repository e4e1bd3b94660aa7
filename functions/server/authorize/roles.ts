import type { KubeObject } from '#api/object';
import { isSubject, ruleAllows, type PolicyRule, type Subject } from '#core/rbac';
import type { ObjectStore } from '#store/object-store';
import { builtIn, getIfExists } from '../lookup.ts';
import { serviceAccountOf, type User } from '../user.ts';
import type { Attributes, Decision } from './attributes.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** RBAC over the stored objects, as they are now: a binding that was just made counts for the next request. */
export async function authorizeByRoles(store: ObjectStore, { user, access }: Attributes): Promise<Decision> {
  const namespace = 'path' in access ? '' : access.namespace;
  for await (const grant of grantsOf(store, user, namespace)) {
    if (grant.rules.some((rule) => ruleAllows(rule, access))) return { allowed: true, reason: `RBAC: allowed by ${grant.binding}` };
  }
  return { allowed: false, reason: '' };
}

/** Everything that a user holds in a namespace ('' for cluster-wide alone). */
export async function rulesOfUser(store: ObjectStore, user: User, namespace: string): Promise<PolicyRule[]> {
  const rules: PolicyRule[] = [];
  for await (const grant of grantsOf(store, user, namespace)) rules.push(...grant.rules);
  return rules;
}

/** The rules behind a roleRef; none when the role does not exist. An aggregated ClusterRole is the sum of those that its selectors name. */
export async function rulesOfRole(store: ObjectStore, ref: RoleRef, namespace: string): Promise<PolicyRule[]> {
  const isCluster = ref.kind === 'ClusterRole';
  const role = await getIfExists(store, builtIn(RBAC, isCluster ? 'clusterroles' : 'roles'), { ...(isCluster ? {} : { namespace }), name: ref.name });
  if (role === undefined) return [];
  const { rules, aggregationRule } = role.object as RoleObject;
  if (aggregationRule?.clusterRoleSelectors === undefined) return rules ?? [];
  const selectors = aggregationRule.clusterRoleSelectors;
  const { items } = await store.list(builtIn(RBAC, 'clusterroles'), {
    matches: (object) => selectors.some((selector) => hasLabels(object, selector.matchLabels)),
  });
  // What an aggregate sums up may itself be an aggregate: admin holds edit, edit holds view.
  const parts = await Promise.all(
    items.filter(({ object }) => object.metadata.name !== ref.name).map(({ object }) => rulesOfRole(store, { kind: 'ClusterRole', name: object.metadata.name ?? '' }, '')),
  );
  return [...(rules ?? []), ...parts.flat()];
}

export interface RoleRef {
  kind: string;
  name: string;
}

interface RoleObject extends KubeObject {
  rules?: PolicyRule[];
  aggregationRule?: { clusterRoleSelectors?: { matchLabels?: Record<string, string> }[] };
}

interface BindingObject extends KubeObject {
  roleRef: RoleRef;
  subjects?: Subject[];
}

interface Grant {
  rules: PolicyRule[];
  binding: string;
}

async function* grantsOf(store: ObjectStore, user: User, namespace: string): AsyncGenerator<Grant> {
  const resources = namespace === '' ? ['clusterrolebindings'] : ['clusterrolebindings', 'rolebindings'];
  for (const resource of resources) {
    const home = resource === 'rolebindings' ? namespace : '';
    const { items } = await store.list(builtIn(RBAC, resource), {
      ...(home === '' ? {} : { namespace: home }),
      matches: (object) => subjectIn(object as BindingObject, user, home) !== undefined,
    });
    for (const { object } of items) {
      const binding = object as BindingObject;
      yield { rules: await rulesOfRole(store, binding.roleRef, home), binding: describe(binding, user, home) };
    }
  }
}

function subjectIn(binding: BindingObject, user: User, namespace: string): Subject | undefined {
  return binding.subjects?.find((subject) => isSubject(subject, user, namespace));
}

function describe(binding: BindingObject, user: User, namespace: string): string {
  const subject = subjectIn(binding, user, namespace);
  const account = subject?.kind === 'ServiceAccount' ? serviceAccountOf(user.name) : undefined;
  const who = account ? `ServiceAccount "${account.name}/${account.namespace}"` : `${subject?.kind} "${subject?.name}"`;
  const name = namespace === '' ? `ClusterRoleBinding "${binding.metadata.name}"` : `RoleBinding "${binding.metadata.name}/${namespace}"`;
  return `${name} of ${binding.roleRef.kind} "${binding.roleRef.name}" to ${who}`;
}

function hasLabels(object: KubeObject, wanted: Record<string, string> | undefined): boolean {
  return wanted !== undefined && Object.entries(wanted).every(([key, value]) => object.metadata.labels?.[key] === value);
}
