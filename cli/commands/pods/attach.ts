import type { Command } from 'commander';
import { z } from 'zod';
import { attach } from '#client/exec';
import { chooseContainer, choosePod } from '../../cluster/choose-pod.ts';
import { type Session, withSession } from '../../cluster/session.ts';
import { parseOptions } from '../../options.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';
import { terminalStreams } from './terminal.ts';

const AttachOptions = z.strictObject({ ...CLUSTER_OPTIONS, container: z.string().optional(), stdin: z.boolean().default(false), tty: z.boolean().default(false) });

export function attachCommand(): Command {
  return clusterCommand('attach')
    .argument('<object>', 'POD, or KIND/NAME of what has pods')
    .option('-c, --container <name>', 'to this container')
    .option('-i, --stdin', 'with this input')
    .option('-t, --tty', 'on a terminal')
    .action(async (object: string, given: unknown) => {
      const options = parseOptions(AttachOptions, given);
      await withSession(options, (session) => follow(session, object, options));
    });
}

async function follow(session: Session, object: string, { container, stdin, tty }: z.infer<typeof AttachOptions>): Promise<void> {
  const pod = await choosePod(session, object);
  const terminal = terminalStreams({ stdin, tty });
  try {
    await attach(session.client, { namespace: session.namespace, pod: pod.metadata.name ?? '', container: container ?? chooseContainer(pod), ...terminal.streams });
  } finally {
    terminal.restore();
  }
}
