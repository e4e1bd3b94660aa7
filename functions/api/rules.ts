import type { KindRules } from './kind-rules.ts';
import { configMapRules } from './kinds/config-map.ts';
import { deploymentRules } from './kinds/deployment.ts';
import { namespaceRules } from './kinds/namespace.ts';
import { podRules } from './kinds/pod.ts';
import { replicaSetRules } from './kinds/replica-set.ts';
import { secretRules } from './kinds/secret.ts';
import type { ApiResource } from './resource.ts';

// By group and kind: all versions of a resource share its rules. KindRules is invariant in its object, hence the erasure here and nowhere else.
const RULES = new Map<string, unknown>([
  ['/ConfigMap', configMapRules],
  ['/Namespace', namespaceRules],
  ['/Pod', podRules],
  ['/Secret', secretRules],
  ['apps/Deployment', deploymentRules],
  ['apps/ReplicaSet', replicaSetRules],
]);

const NO_RULES: KindRules = {};

/** What is written by hand for the kind of this resource; nothing where the schema table alone serves it. */
export function rulesFor(resource: ApiResource): KindRules {
  return (RULES.get(`${resource.group}/${resource.kind}`) as KindRules | undefined) ?? NO_RULES;
}
