import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { Container, ExecAction, GRPCAction, HTTPGetAction, LifecycleHandler, Probe, TCPSocketAction } from '../schema/kinds.generated.ts';
import { nonNegative } from './numbers.ts';
import { portNumberProblems, validatePortNumOrName } from './ports.ts';

const HEADER_NAME = /^[-A-Za-z0-9]+$/;
const ONE_HANDLER = 'may not specify more than 1 handler type';

export function validateProbes(container: Container, path: string): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  return [
    ...successThresholdErrors(livenessProbe, `${path}.livenessProbe`),
    ...validateProbe(livenessProbe, `${path}.livenessProbe`),
    ...validateProbe(readinessProbe, `${path}.readinessProbe`),
    // The pod goes on after a failed readiness probe: there is nothing to terminate.
    ...(readinessProbe?.terminationGracePeriodSeconds === undefined
      ? []
      : [invalid(`${path}.readinessProbe.terminationGracePeriodSeconds`, readinessProbe.terminationGracePeriodSeconds, 'must not be set for readinessProbes')]),
    ...validateProbe(startupProbe, `${path}.startupProbe`),
    ...successThresholdErrors(startupProbe, `${path}.startupProbe`),
  ];
}

export function validateLifecycleHandler(handler: LifecycleHandler | undefined, path: string, graceSeconds: number): FieldError[] {
  return handler ? handlerErrors(handler, path, graceSeconds) : [];
}

function validateProbe(probe: Probe | undefined, path: string): FieldError[] {
  if (!probe) return [];
  const errors = handlerErrors(probe, path);
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    errors.push(...nonNegative(`${path}.${field}`, probe[field]));
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  return errors;
}

function successThresholdErrors(probe: Probe | undefined, path: string): FieldError[] {
  return probe && probe.successThreshold !== 1 ? [invalid(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')] : [];
}

interface Handler {
  exec?: ExecAction;
  httpGet?: HTTPGetAction;
  tcpSocket?: TCPSocketAction;
  grpc?: GRPCAction;
  sleep?: { seconds: number };
}

function handlerErrors(handler: Handler, path: string, graceSeconds = 0): FieldError[] {
  const checks: [keyof Handler, () => FieldError[]][] = [
    ['exec', () => (handler.exec?.command?.length ? [] : [required(`${path}.exec.command`)])],
    ['httpGet', () => (handler.httpGet ? httpGetErrors(handler.httpGet, `${path}.httpGet`) : [])],
    ['tcpSocket', () => validatePortNumOrName(`${path}.tcpSocket.port`, handler.tcpSocket?.port)],
    ['grpc', () => portNumberProblems(handler.grpc?.port ?? 0).map((text) => invalid(`${path}.grpc.port`, handler.grpc?.port ?? 0, text))],
    ['sleep', () => sleepErrors(handler.sleep?.seconds ?? 0, `${path}.sleep`, graceSeconds)],
  ];
  const present = checks.filter(([name]) => handler[name]);
  if (present.length === 0) return [required(path, 'must specify a handler type')];
  // The first one counts; each other is refused, and judged no further.
  return present.flatMap(([name, check], i) => (i === 0 ? check() : [forbidden(`${path}.${name}`, ONE_HANDLER)]));
}

function httpGetErrors(action: HTTPGetAction, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!action.path) errors.push(required(`${path}.path`));
  errors.push(...validatePortNumOrName(`${path}.port`, action.port));
  if (action.scheme !== 'HTTP' && action.scheme !== 'HTTPS') errors.push(notSupported(`${path}.scheme`, action.scheme, ['HTTP', 'HTTPS']));
  for (const header of action.httpHeaders ?? []) {
    if (HEADER_NAME.test(header.name ?? '')) continue;
    const text = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
    errors.push(invalid(`${path}.httpHeaders`, header.name ?? '', text));
  }
  return errors;
}

function sleepErrors(seconds: number, path: string, graceSeconds: number): FieldError[] {
  if (seconds >= 0 && seconds <= graceSeconds) return [];
  return [invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)];
}
