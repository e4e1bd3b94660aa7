import type { Container, ContainerState, ContainerStatus, EnvVar, Probe } from '#api/schema/kinds.generated';
import { type Entry, part, present } from './layout.ts';
import { pairs } from './metadata.ts';

/** The containers of a template, or with their statuses those of a pod. */
export function containerEntries(containers: readonly Container[] | undefined, statuses?: readonly ContainerStatus[]): Entry[] {
  return (containers ?? []).map((container): Entry => [container.name, part(oneContainer(container, statuses?.find(({ name }) => name === container.name)))]);
}

function oneContainer(container: Container, status: ContainerStatus | undefined): Entry[] {
  const { image = '', ports, command, args, resources, env, envFrom, volumeMounts } = container;
  return [
    ...present('Container ID', status?.containerID),
    ['Image', image],
    ['Ports', (ports ?? []).map(({ containerPort, protocol, name, hostPort }) => `${containerPort}/${protocol ?? 'TCP'}${name === undefined ? '' : ` (${name})`}${hostPort === undefined ? '' : `, host port ${hostPort}`}`)],
    ...present('Command', command?.join(' ')),
    ...present('Args', args?.join(' ')),
    ...(status === undefined ? [] : statusEntries(status)),
    ...present('Limits', pairs(resources?.limits, ' ').join(', ')),
    ...present('Requests', pairs(resources?.requests, ' ').join(', ')),
    ...present('Liveness', probeText(container.livenessProbe)),
    ...present('Readiness', probeText(container.readinessProbe)),
    ...present('Startup', probeText(container.startupProbe)),
    ...(envFrom?.length ? [['Environment From', envFrom.map(({ configMapRef, secretRef, prefix }) => `${configMapRef ? `ConfigMap ${configMapRef.name ?? ''}` : `Secret ${secretRef?.name ?? ''}`}${prefix ? `, prefix ${prefix}` : ''}`)] as const] : []),
    ['Environment', (env ?? []).map(envText)],
    ['Mounts', (volumeMounts ?? []).map(({ mountPath, name, readOnly }) => `${mountPath} from ${name} (${readOnly ? 'ro' : 'rw'})`)],
  ];
}

function statusEntries({ state, lastState, ready, restartCount }: ContainerStatus): Entry[] {
  return [['State', stateText(state)], ...(lastState?.terminated ? [['Last State', stateText(lastState)] as const] : []), ['Ready', ready ? 'True' : 'False'], ['Restart Count', String(restartCount)]];
}

function stateText({ running, waiting, terminated }: ContainerState = {}): string {
  if (running) return `Running since ${running.startedAt ?? ''}`;
  if (terminated) return [`Terminated: ${terminated.reason ?? ''}, exit code ${terminated.exitCode}`, terminated.message ?? '', `from ${terminated.startedAt ?? ''} to ${terminated.finishedAt ?? ''}`].filter(Boolean).join('\n');
  return `Waiting${waiting?.reason === undefined ? '' : `: ${waiting.reason}`}${waiting?.message === undefined ? '' : `\n${waiting.message}`}`;
}

function probeText(probe: Probe | undefined): string | undefined {
  if (probe === undefined) return undefined;
  const { httpGet, tcpSocket, exec, grpc } = probe;
  const asks = httpGet ? `http-get ${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${httpGet.host ?? ''}:${httpGet.port}${httpGet.path ?? '/'}` : tcpSocket ? `tcp-socket :${tcpSocket.port}` : exec ? `exec [${exec.command?.join(' ') ?? ''}]` : `grpc :${grpc?.port ?? ''}`;
  return `${asks} delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 1}s period=${probe.periodSeconds ?? 10}s #success=${probe.successThreshold ?? 1} #failure=${probe.failureThreshold ?? 3}`;
}

// The value of a Secret is not for a terminal.
function envText({ name, value, valueFrom }: EnvVar): string {
  if (valueFrom === undefined) return `${name}: ${value ?? ''}`;
  const { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (secretKeyRef) return `${name}: <key '${secretKeyRef.key}' of Secret ${secretKeyRef.name ?? ''}>`;
  if (configMapKeyRef) return `${name}: <key '${configMapKeyRef.key}' of ConfigMap ${configMapKeyRef.name ?? ''}>`;
  return `${name}: <${fieldRef?.fieldPath ?? resourceFieldRef?.resource ?? ''}>`;
}
