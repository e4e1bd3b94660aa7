import type { Command } from 'commander';
import { z } from 'zod';
import { exec } from '#client/exec';
import { Failure } from '#client/failure';
import { chooseContainer, choosePod } from '../../cluster/choose-pod.ts';
import { type Session, withSession } from '../../cluster/session.ts';
import { parseOptions } from '../../options.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';
import { terminalStreams } from './terminal.ts';

const ExecOptions = z.strictObject({ ...CLUSTER_OPTIONS, container: z.string().optional(), stdin: z.boolean().default(false), tty: z.boolean().default(false) });

export function execCommand(): Command {
  return clusterCommand('exec')
    .argument('<object>', 'POD, or KIND/NAME of what has pods, such as deploy/web')
    .argument('[command...]', 'behind --: the command and its arguments')
    .option('-c, --container <name>', 'in this container')
    .option('-i, --stdin', 'with this input')
    .option('-t, --tty', 'on a terminal; -it for a shell')
    .action(async (object: string, command: string[], given: unknown) => {
      const options = parseOptions(ExecOptions, given);
      if (command.length === 0) throw new Failure('you must specify at least one command for the container', { fix: 'Such as `zeroplane exec POD -- ls /`.' });
      process.exitCode = await withSession(options, (session) => run(session, { object, command }, options));
    });
}

async function run(session: Session, { object, command }: { object: string; command: string[] }, { container, stdin, tty }: z.infer<typeof ExecOptions>): Promise<number> {
  const pod = await choosePod(session, object);
  const terminal = terminalStreams({ stdin, tty });
  try {
    const { exitCode } = await exec(session.client, { namespace: session.namespace, pod: pod.metadata.name ?? '', container: container ?? chooseContainer(pod), command, ...terminal.streams });
    if (exitCode !== 0) process.stderr.write(`command terminated with exit code ${exitCode}\n`);
    return exitCode;
  } finally {
    terminal.restore();
  }
}
