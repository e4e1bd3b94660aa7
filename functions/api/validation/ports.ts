import { duplicate, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { Container, ContainerPort } from '../schema/kinds.generated.ts';
import { portName } from './names.ts';

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;

export function portNumberProblems(port: number): string[] {
  return port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

export function validatePortNumber(field: string, port: number): FieldError[] {
  return portNumberProblems(port).map((text) => invalid(field, port, text));
}

/** A number, or the name of one of the container's ports. */
export function validatePortNumOrName(field: string, port: number | string | undefined): FieldError[] {
  if (typeof port === 'string') return portName(port).map((text) => invalid(field, port, text));
  return validatePortNumber(field, port ?? 0);
}

export function validateProtocol(field: string, protocol: string | undefined): FieldError[] {
  if (!protocol) return [required(field)];
  return PROTOCOLS.some((known) => known === protocol) ? [] : [notSupported(field, protocol, PROTOCOLS)];
}

export function validateContainerPorts(ports: ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const at = `${path}[${i}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      const problems = portName(port.name);
      errors.push(...problems.map((text) => invalid(`${at}.name`, port.name, text)));
      if (problems.length === 0 && names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      if (problems.length === 0) names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(`${at}.containerPort`));
    else errors.push(...validatePortNumber(`${at}.containerPort`, port.containerPort));
    if (port.hostPort) errors.push(...validatePortNumber(`${at}.hostPort`, port.hostPort));
    errors.push(...validateProtocol(`${at}.protocol`, port.protocol));
    return errors;
  });
}

/** Two containers of a pod share its host: a host port is taken once. */
export function hostPortConflicts(containers: Container[], path: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap((container, i) =>
    (container.ports ?? []).flatMap((port, j) => {
      if (!port.hostPort) return [];
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(key)) return [duplicate(`${path}[${i}].ports[${j}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}
