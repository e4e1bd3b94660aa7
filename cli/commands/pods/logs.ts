import type { Command } from 'commander';
import { z } from 'zod';
import type { Pod } from '#api/schema/kinds.generated';
import { PODS } from '#client/core-resources';
import { Failure } from '#client/failure';
import { logs } from '#client/logs';
import { chooseContainer, choosePod } from '../../cluster/choose-pod.ts';
import { type Session, withSession } from '../../cluster/session.ts';
import { Timeout } from '../../cluster/timeout.ts';
import { parseOptions } from '../../options.ts';
import { splitLines } from '../../render/lines.ts';
import { painter } from '../../render/paint.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';

const LogsOptions = z.strictObject({
  ...CLUSTER_OPTIONS,
  container: z.string().optional(),
  allContainers: z.boolean().default(false),
  follow: z.boolean().default(false),
  previous: z.boolean().default(false),
  tail: z.coerce.number('must be a number').int().optional(),
  since: Timeout.optional(),
  timestamps: z.boolean().default(false),
  selector: z.string().optional(),
  prefix: z.boolean().default(false),
});
type LogsOptions = z.infer<typeof LogsOptions>;

const TAIL_OF_EACH = 10;

export function logsCommand(): Command {
  return clusterCommand('logs')
    .argument('[object]', 'POD, or KIND/NAME of what has pods, such as deploy/web')
    .argument('[container]')
    .option('-c, --container <name>', 'of this container')
    .option('--all-containers', 'of all containers')
    .option('-f, --follow', 'go on as more comes')
    .option('-p, --previous', 'of the container before its last restart')
    .option('--tail <lines>', 'only the last lines (default: all; with a selector 10)')
    .option('--since <duration>', 'only what is younger, such as 10m')
    .option('--timestamps', 'with the time of each line')
    .option('-l, --selector <labels>', 'of all pods with these labels')
    .option('--prefix', 'with the pod and container before each line')
    .action(async (object: string | undefined, container: string | undefined, given: unknown) => {
      const options = parseOptions(LogsOptions, given);
      await withSession(options, (session) => printLogs(session, object, container === undefined ? options : { ...options, container }));
    });
}

interface Source {
  pod: Pod;
  container: string;
}

async function printLogs(session: Session, object: string | undefined, options: LogsOptions): Promise<void> {
  const pods = await podsFor(session, object, options);
  const sources = pods.flatMap((pod) => containersOf(pod, options).map((container): Source => ({ pod, container })));
  const print = (source: Source) => printOne(session, source, { options, prefixed: options.prefix });
  if (options.follow) await Promise.all(sources.map(print));
  else for (const source of sources) await print(source);
}

async function podsFor(session: Session, object: string | undefined, { selector }: LogsOptions): Promise<Pod[]> {
  if (selector === undefined) {
    if (object === undefined) throw new Failure('expected a pod', { fix: 'Such as `zeroplane logs POD`, `zeroplane logs deploy/NAME` or `zeroplane logs -l app=NAME`.' });
    return [await choosePod(session, object)];
  }
  if (object !== undefined) throw new Failure('only a selector (-l) or a POD name is allowed');
  const { items } = await session.client.list<Pod>(PODS, { namespace: session.namespace, labelSelector: selector });
  if (items.length === 0) process.stderr.write(`No resources found in ${session.namespace} namespace.\n`);
  return items;
}

function containersOf(pod: Pod, { container, allContainers }: LogsOptions): string[] {
  if (allContainers) return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(({ name }) => name);
  return [container ?? chooseContainer(pod)];
}

async function printOne({ client, namespace }: Session, { pod, container }: Source, { options, prefixed }: { options: LogsOptions; prefixed: boolean }): Promise<void> {
  const name = pod.metadata.name ?? '';
  const lines = options.tail ?? (options.selector === undefined ? -1 : TAIL_OF_EACH);
  const body = logs(client, {
    namespace,
    pod: name,
    container,
    ...(options.follow ? { follow: true } : {}),
    ...(options.previous ? { previous: true } : {}),
    ...(options.timestamps ? { timestamps: true } : {}),
    ...(lines < 0 ? {} : { tailLines: lines }),
    ...(options.since === undefined ? {} : { sinceSeconds: Math.max(1, Math.ceil(options.since / 1000)) }),
  });
  if (!prefixed) {
    for await (const chunk of body) process.stdout.write(chunk);
    return;
  }
  const prefix = painter(process.stdout)('cyan', `[pod/${name}/${container}]`);
  for await (const line of splitLines(body)) process.stdout.write(`${prefix} ${line}\n`);
}
