import type { Command } from 'commander';
import { z } from 'zod';
import type { Container, Pod } from '#api/schema/kinds.generated';
import { PODS } from '#client/core-resources';
import { type Session, withSession } from '../../cluster/session.ts';
import { Timeout } from '../../cluster/timeout.ts';
import { Output, OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { renderAnswer } from '../../render/documents.ts';
import { reportedWait } from '../../render/reported-wait.ts';
import { untilReady } from '../../waiting/until-ready.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';

const pair = z.string().regex(/^[^=]+=/, 'must be NAME=VALUE').transform((text): [string, string] => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]);
const RunOptions = z.strictObject({
  ...CLUSTER_OPTIONS,
  image: z.string().min(1),
  port: z.coerce.number('must be a number').int().min(1).max(65535).optional(),
  env: z.array(pair).optional(),
  labels: z.string().transform((text) => text.split(',')).pipe(z.array(pair)).optional(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never'], 'must be Always, IfNotPresent or Never').optional(),
  restart: z.enum(['Always', 'OnFailure', 'Never'], 'must be Always, OnFailure or Never').optional(),
  command: z.boolean().default(false),
  wait: z.boolean().default(false),
  timeout: Timeout.default(300_000),
  output: Output,
});
type RunOptions = z.infer<typeof RunOptions>;

export function runCommand(): Command {
  return clusterCommand('run')
    .argument('<name>')
    .argument('[args...]', "behind --: the image's arguments, or with --command its command")
    .requiredOption('--image <image>', 'the image that it runs')
    .option('--port <n>', 'port that it listens on')
    .option('--env <name=value...>', 'environment variables')
    .option('--labels <labels>', 'labels with commas (default: run=NAME)')
    .option('--image-pull-policy <policy>', 'Always, IfNotPresent or Never')
    .option('--restart <policy>', 'Always, OnFailure or Never')
    .option('--command', 'the words behind -- are the command')
    .option('--wait', 'until it is ready, or has succeeded')
    .option('--timeout <duration>', 'how long to wait (default: 5m)')
    .option(...OUTPUT_OPTION)
    .action(async (name: string, args: string[], given: unknown) => {
      const options = parseOptions(RunOptions, given);
      await withSession(options, (session) => run(session, { name, args }, options));
    });
}

async function run({ client, kinds, namespace }: Session, { name, args }: { name: string; args: string[] }, options: RunOptions): Promise<void> {
  const pod = await client.create<Pod>(PODS, podFor({ name, namespace, args }, options));
  process.stdout.write(renderAnswer(options.output, pod, () => `pod/${name} created\n`));
  if (!options.wait) return;
  const target = { kind: await kinds.named('pods'), name };
  await reportedWait(`Waiting for pod ${name}`, (say) => untilReady({ client, target, namespace, timeoutMs: options.timeout, say }));
}

export function podFor({ name, namespace, args }: { name: string; namespace: string; args: string[] }, options: Pick<RunOptions, 'image' | 'port' | 'env' | 'labels' | 'imagePullPolicy' | 'restart' | 'command'>): Pod {
  const container: Container = {
    name,
    image: options.image,
    ...(options.imagePullPolicy === undefined ? {} : { imagePullPolicy: options.imagePullPolicy }),
    ...(args.length === 0 ? {} : options.command ? { command: args } : { args }),
    ...(options.port === undefined ? {} : { ports: [{ containerPort: options.port }] }),
    ...(options.env === undefined ? {} : { env: options.env.map(([variable, value]) => ({ name: variable, value })) }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: options.labels === undefined ? { run: name } : Object.fromEntries(options.labels) },
    spec: { containers: [container], ...(options.restart === undefined ? {} : { restartPolicy: options.restart }) },
  };
}
