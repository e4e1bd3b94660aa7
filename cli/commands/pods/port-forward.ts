import type { Command } from 'commander';
import { z } from 'zod';
import type { Pod, Service } from '#api/schema/kinds.generated';
import { SERVICES } from '#client/core-resources';
import { Failure } from '#client/failure';
import { portForward } from '#client/port-forward';
import { choosePod } from '../../cluster/choose-pod.ts';
import { type Session, withSession } from '../../cluster/session.ts';
import { parseReference } from '../../cluster/targets.ts';
import { parseOptions } from '../../options.ts';
import { printFailure } from '../../render/failure.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';
import { interrupted } from '../interrupted.ts';

const PortForwardOptions = z.strictObject({ ...CLUSTER_OPTIONS, address: z.string().default('127.0.0.1') });

/** A port of this machine, and what it leads to. */
interface Forward {
  local: number;
  remote: string;
}

export function portForwardCommand(): Command {
  return clusterCommand('port-forward')
    .argument('<object>', 'POD, or KIND/NAME of what has pods, such as deploy/web or service/web')
    .argument('<ports...>', '[LOCAL:]REMOTE, by number or name; an empty LOCAL is a free port')
    .option('--address <address>', 'address of this machine to listen on (default: 127.0.0.1)')
    .action(async (object: string, ports: string[], given: unknown) => {
      const options = parseOptions(PortForwardOptions, given);
      const forwards = ports.map(parseForward);
      await withSession(options, (session) => forward(session, { object, forwards, address: options.address }));
    });
}

async function forward(session: Session, { object, forwards, address }: { object: string; forwards: Forward[]; address: string }): Promise<void> {
  const { client, namespace } = session;
  const service = await serviceNamed(session, object);
  const pod = await choosePod(session, object);
  for (const { local, remote } of forwards) {
    const port = portOf(pod, service === undefined ? remote : targetOf(service, remote));
    // Told and gone on: the next connection may find the pod well again.
    const open = await portForward(client, { namespace, pod: pod.metadata.name ?? '', port, localPort: local < 0 ? port : local, localAddress: address, onError: printFailure });
    process.stdout.write(`Forwarding from ${open.address}:${open.port} -> ${port}\n`);
  }
  await interrupted();
}

export function parseForward(text: string): Forward {
  const match = /^(?:(\d*):)?(\d+|[a-z0-9-]+)$/.exec(text);
  const [, local, remote] = match ?? [];
  if (remote === undefined || Number(local ?? 0) > 65535) throw new Failure(`"${text}" is no pair of ports`, { fix: 'Such as 8080, 8888:80 or :80.' });
  // Without LOCAL the same number on both sides, which -1 stands for: a name has its number only in the pod.
  return { local: local === undefined ? -1 : Number(local), remote };
}

async function serviceNamed({ client, kinds, namespace }: Session, object: string): Promise<Service | undefined> {
  const { kind, name } = await parseReference(object, kinds, 'pods');
  return kind.kind === 'Service' ? client.get<Service>(SERVICES, { namespace, name }) : undefined;
}

function targetOf({ metadata, spec }: Service, remote: string): string {
  const port = spec?.ports?.find(({ port, name }) => String(port) === remote || name === remote);
  if (!port) throw new Failure(`Service ${metadata.name ?? ''} does not have a service port ${remote}`);
  return String(port.targetPort ?? port.port);
}

function portOf({ metadata, spec }: Pod, port: string): number {
  if (/^\d+$/.test(port)) return Number(port);
  const named = (spec?.containers ?? []).flatMap(({ ports }) => ports ?? []).find(({ name }) => name === port);
  if (!named) throw new Failure(`Pod ${metadata.name ?? ''} has no port named "${port}"`);
  return named.containerPort;
}
