import type { TableColumn } from '../kind-rules.ts';
import type { Container, ContainerStateTerminated, ContainerStatus, Pod } from '../schema/kinds.generated.ts';
import { ageColumn, column, humanDuration, nameColumn, NONE } from './columns.ts';

export const podColumns: TableColumn<Pod>[] = [
  nameColumn(),
  column('Ready', 'Containers that are ready, of all', (pod) => summarise(pod).ready),
  column('Status', 'What the pod is doing, or why it is not', (pod) => summarise(pod).status),
  column('Restarts', 'How often its containers were restarted, and when last', (pod, nowMs) => restartsText(pod, nowMs)),
  ageColumn(),
  column('IP', 'Address of the pod', ({ status }) => status?.podIPs?.[0]?.ip || status?.podIP || NONE, { wide: true }),
  column('Node', 'Node that runs it', ({ spec }) => spec?.nodeName || NONE, { wide: true }),
  column('Nominated Node', 'Node where room is being made for it', ({ status }) => status?.nominatedNodeName || NONE, { wide: true }),
  column('Readiness Gates', 'Further conditions that are met, of all', readinessGatesText, { wide: true }),
];

interface Summary {
  ready: string;
  status: string;
  restarts: number;
  lastRestart: string | undefined;
}

/** kubectl's one-word status: the first init container that is not done says it, else the containers, else the phase. */
export function summarise(pod: Pod): Summary {
  const sidecars = new Set((pod.spec?.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const init = initSummary(pod, sidecars);
  const main = init.blocking && !isInitialized(pod) ? undefined : mainSummary(pod, init.blocking ?? baseStatus(pod));
  const total = (pod.spec?.containers?.length ?? 0) + sidecars.size;
  const counted = main ? [...init.sidecarStatuses, ...(pod.status?.containerStatuses ?? [])] : init.statuses;
  return {
    ready: `${init.ready + (main?.ready ?? 0)}/${total}`,
    status: terminating(pod) ?? main?.status ?? init.blocking ?? baseStatus(pod),
    restarts: counted.reduce((sum, status) => sum + (status.restartCount ?? 0), 0),
    lastRestart: counted.map((status) => status.lastState?.terminated?.finishedAt).filter((at) => at !== undefined).sort().at(-1),
  };
}

interface InitSummary {
  ready: number;
  blocking: string | undefined;
  statuses: ContainerStatus[];
  sidecarStatuses: ContainerStatus[];
}

function initSummary(pod: Pod, sidecars: ReadonlySet<string>): InitSummary {
  const all = pod.status?.initContainerStatuses ?? [];
  const summary: InitSummary = { ready: 0, blocking: undefined, statuses: [], sidecarStatuses: [] };
  for (const [i, status] of all.entries()) {
    const sidecar = sidecars.has(status.name);
    summary.statuses.push(status);
    if (sidecar) summary.sidecarStatuses.push(status);
    if (status.state?.terminated?.exitCode === 0) continue;
    if (sidecar && status.started) {
      if (status.ready) summary.ready++;
      continue;
    }
    summary.blocking = initReason(status, `${i}/${pod.spec?.initContainers?.length ?? 0}`);
    break;
  }
  return summary;
}

function initReason({ state }: ContainerStatus, progress: string): string {
  if (state?.terminated) return `Init:${terminatedReason(state.terminated)}`;
  const waiting = state?.waiting?.reason;
  return `Init:${waiting && waiting !== 'PodInitializing' ? waiting : progress}`;
}

function mainSummary(pod: Pod, base: string): { ready: number; status: string } {
  let status = base;
  let ready = 0;
  for (const { state, ready: isReady } of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    if (state?.waiting?.reason) status = state.waiting.reason;
    else if (state?.terminated) status = terminatedReason(state.terminated);
    else if (isReady && state?.running) ready++;
  }
  // One container has ended well, another still runs: the pod has not completed.
  if (status === 'Completed' && ready > 0) status = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  return { ready, status };
}

function terminatedReason({ reason, signal, exitCode }: ContainerStateTerminated): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function baseStatus({ status }: Pod): string {
  const gated = status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  return gated ? 'SchedulingGated' : status?.reason || status?.phase || '';
}

function terminating({ metadata, status }: Pod): string | undefined {
  if (!metadata.deletionTimestamp) return undefined;
  if (status?.reason === 'NodeLost') return 'Unknown';
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? undefined : 'Terminating';
}

function restartsText(pod: Pod, nowMs: number): string {
  const { restarts, lastRestart } = summarise(pod);
  if (restarts === 0 || lastRestart === undefined) return String(restarts);
  return `${restarts} (${humanDuration(nowMs - Date.parse(lastRestart))} ago)`;
}

function readinessGatesText(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  return `${gates.filter(({ conditionType }) => hasCondition(pod, conditionType)).length}/${gates.length}`;
}

function isInitialized(pod: Pod): boolean {
  return hasCondition(pod, 'Initialized');
}

function hasCondition({ status }: Pod, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}
