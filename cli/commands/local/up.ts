import { Command } from 'commander';
import { z } from 'zod';
import { ensureDocker } from '../../docker.ts';
import { DataDir, Port, defaultDataDir, parseOptions } from '../../options.ts';
import { alignedLines } from '../../render/columns.ts';
import { createProgress } from '../../render/progress.ts';
import { interrupted } from '../interrupted.ts';
import { program } from './program.ts';

const UpOptions = z.strictObject({
  dataDir: DataDir,
  port: Port.optional(),
  workers: z.coerce.number('must be a number').int('must be a whole number').min(0).max(64, 'must be at most 64').optional(),
  runtime: z.enum(['docker', 'simulated'], 'must be docker or simulated').optional(),
  detach: z.boolean().default(false),
  sample: z.boolean().default(false),
});

export function upCommand(): Command {
  return new Command('up')
    .description('start the cluster of this machine, or bring an existing one back')
    .option('--data-dir <dir>', 'folder that holds the cluster (default: ~/.zeroplane)')
    .option('--port <n>', 'port of the Kubernetes API (default: 6443, or the next free one)')
    .option('--workers <n>', 'number of workers on this machine (default: 1)')
    .option('--runtime <name>', 'what runs the pods: docker or simulated (default: docker)')
    .option('--detach', 'return when the cluster is ready, and leave it running')
    .option('--sample', 'deploy a small web application and print its address')
    .action(async (given: unknown) => up(parseOptions(UpOptions, given)));
}

async function up(options: z.infer<typeof UpOptions>): Promise<void> {
  const progress = createProgress(process.stdout);
  const { launch, runtimeOf, stop } = await import('#local/launch');
  if (runtimeOf(options) === 'docker') await ensureDocker(progress);
  const cluster = await progress.step('Starting the control plane', (say) => launch({ ...options, program: program(), say }));
  await progress.step(`Waiting for ${cluster.nodes.length === 1 ? 'the worker' : `${cluster.nodes.length} workers`}`, (say) => cluster.nodesReady(say));
  if (options.sample) {
    const { deploySample } = await import('#local/sample/deploy');
    const address = await progress.step('Deploying the sample application', (say) => deploySample({ dataDir: options.dataDir, say }));
    progress.say(`\nThe sample application answers at ${address}`);
  }
  progress.say(`\nThe cluster is ready at ${cluster.url}\n\n${nextSteps(cluster.kubeconfig, options.dataDir)}`);
  if (options.detach) return;
  progress.say('Ctrl-C stops the cluster; its pods and data stay. `zeroplane down` removes the pods.');
  await interrupted();
  await progress.step('Stopping', () => stop(options.dataDir));
}

function nextSteps(kubeconfig: string, dataDir: string): string {
  const folder = dataDir === defaultDataDir() ? '' : ` --data-dir ${dataDir}`;
  return alignedLines([
    [`  export KUBECONFIG=${kubeconfig}`],
    ['  kubectl get nodes', `or without kubectl: npx zeroplane get nodes`],
    [`  npx zeroplane down${folder}`, 'removes its pods; its data stays'],
  ]);
}
