import { nodeAffinityMatches } from '../scheduling/node-affinity.ts';
import { podFromTemplate } from '../pod-from-template.ts';
import { untolerated } from '../taints.ts';
import { REVISION_HASH } from '../revisions/revision.ts';
import type { OwnerReference } from '#api/object';
import type { DaemonSet, Node, NodeSelectorTerm, Pod, Toleration } from '#api/schema/kinds.generated';

const NODE_NAME = 'metadata.name';
const GENERATION = 'deprecated.daemonset.template.generation';

// A daemon is there for the node also when the node is unwell or closed to others.
const TOLERATED: [key: string, effect: string][] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];
const ON_HOST_NETWORK: [key: string, effect: string] = ['node.kubernetes.io/network-unavailable', 'NoSchedule'];

/** A pod for one node: its affinity names that node alone, and the scheduler does the rest. */
export function daemonPod(set: DaemonSet, node: string, { reference, hash }: { reference: OwnerReference; hash: string }): Pod {
  const pod = podFromTemplate(set, set.spec?.template, reference);
  const generation = set.metadata.annotations?.[GENERATION];
  pod.metadata.labels = { ...pod.metadata.labels, [REVISION_HASH]: hash, ...(generation === undefined ? {} : { 'pod-template-generation': generation }) };
  if (pod.spec === undefined) return pod;
  pod.spec.tolerations = withDaemonTolerations(pod);
  const affinity = pod.spec.affinity ?? {};
  const terms = affinity.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const matchFields = [{ key: NODE_NAME, operator: 'In', values: [node] }];
  const nodeSelectorTerms: NodeSelectorTerm[] = terms === undefined ? [{ matchFields }] : terms.map((term) => ({ ...term, matchFields }));
  pod.spec.affinity = { ...affinity, nodeAffinity: { ...affinity.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  return pod;
}

/** Where a daemon's pod is, or is meant to go. */
export function nodeOf({ spec }: Pod): string {
  if (spec?.nodeName) return spec.nodeName;
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap(({ matchFields = [] }) => matchFields).find(({ key }) => key === NODE_NAME)?.values?.[0] ?? '';
}

/** `run`: a pod is to be there. `stay`: one that is there may remain. */
export function suits(set: DaemonSet, node: Node): { run: boolean; stay: boolean } {
  const pod: Pod = { metadata: {}, ...(set.spec?.template.spec === undefined ? {} : { spec: set.spec.template.spec }) };
  const isNamed = !pod.spec?.nodeName || pod.spec.nodeName === node.metadata.name;
  if (!isNamed || !nodeAffinityMatches(pod, node)) return { run: false, stay: false };
  const tolerations = withDaemonTolerations(pod);
  const allows = (effects: string[]): boolean => untolerated(tolerations, node.spec?.taints, effects).length === 0;
  return { run: allows(['NoSchedule', 'NoExecute']), stay: allows(['NoExecute']) };
}

function withDaemonTolerations({ spec }: Pod): Toleration[] {
  const wanted = spec?.hostNetwork === true ? [...TOLERATED, ON_HOST_NETWORK] : TOLERATED;
  const own = spec?.tolerations ?? [];
  const isSaid = ([key, effect]: [string, string]): boolean => own.some((toleration) => toleration.key === key && toleration.effect === effect && toleration.operator === 'Exists');
  return [...own, ...wanted.filter((one) => !isSaid(one)).map(([key, effect]) => ({ key, operator: 'Exists', effect }))];
}
