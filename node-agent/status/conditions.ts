import type { PodCondition } from '#api/schema/kinds.generated';
import { findCondition } from '#core/conditions';
import type { ContainerStatus, Pod, PodPhase } from '../pod.ts';
import { isSidecar } from '../sync/container-view.ts';

export interface ConditionInput {
  pod: Pod;
  phase: PodPhase;
  initialised: boolean;
  sandboxReady: boolean;
  initStatuses: ContainerStatus[];
  statuses: ContainerStatus[];
  now: string;
}

const OURS = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

type Verdict = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

/** The kubelet's five, with the time of their last change, and before them whatever others have set. */
export function conditionsOf(input: ConditionInput): PodCondition[] {
  const before = input.pod.status?.conditions ?? [];
  const containersReady = containersReadyOf(input);
  const verdicts: Verdict[] = [
    { type: 'PodReadyToStartContainers', status: input.sandboxReady ? 'True' : 'False' },
    initializedOf(input),
    readyOf(input, containersReady),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
  ];
  const generation = input.pod.metadata.generation;
  return [...before.filter((condition) => !OURS.has(condition.type)), ...verdicts.map((verdict) => dated(verdict, before, { now: input.now, generation }))];
}

function initializedOf({ pod, phase, initialised, initStatuses }: ConditionInput): Verdict {
  if (phase === 'Succeeded') return { type: 'Initialized', status: 'True', reason: 'PodCompleted' };
  if (initialised || (pod.spec.initContainers ?? []).length === 0) return { type: 'Initialized', status: 'True' };
  const incomplete = initStatuses.filter((status) => !status.ready).map((status) => status.name);
  return { type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${incomplete.join(' ')}]` };
}

function containersReadyOf({ phase, statuses, pod, initStatuses }: ConditionInput): Verdict {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name));
  const unready = [...initStatuses.filter((status) => sidecars.has(status.name)), ...statuses].filter((status) => !status.ready).map((status) => status.name);
  if (unready.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
}

function readyOf({ pod }: ConditionInput, containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return { ...containersReady, type: 'Ready' };
  const gates = (pod.spec.readinessGates ?? []).map(({ conditionType }) => ({ gate: conditionType, known: findCondition(pod.status?.conditions, conditionType) }));
  const open = gates.filter(({ known }) => known?.status !== 'True');
  if (open.length === 0) return { type: 'Ready', status: 'True' };
  const messages = open.map(({ gate, known }) => (known === undefined ? `corresponding condition of pod readiness gate "${gate}" does not exist.` : `the status of pod readiness gate "${gate}" is not "True", but ${known.status}`));
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}

function dated(verdict: Verdict, before: PodCondition[], { now, generation }: { now: string; generation: number | undefined }): PodCondition {
  const last = findCondition(before, verdict.type);
  const unchanged = last?.status === verdict.status && last.lastTransitionTime !== undefined;
  return { ...(generation === undefined ? {} : { observedGeneration: generation }), ...verdict, lastTransitionTime: unchanged ? (last.lastTransitionTime ?? now) : now };
}
