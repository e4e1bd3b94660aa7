import { Command } from 'commander';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Status } from '#local/inspect';
import { DataDir, Output, parseOptions } from '../../options.ts';

const StatusOptions = z.strictObject({ dataDir: DataDir, output: Output });

export function statusCommand(): Command {
  return new Command('status')
    .description('say whether the cluster of this machine runs, and what it has')
    .option('--data-dir <dir>', 'folder that holds the cluster (default: ~/.zeroplane)')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .action(async (given: unknown) => {
      const { dataDir, output } = parseOptions(StatusOptions, given);
      const { inspect } = await import('#local/inspect');
      const status = await inspect(dataDir);
      process.stdout.write(output === 'json' ? `${JSON.stringify(status, null, 2)}\n` : output === 'yaml' ? stringify(status) : describe(status, dataDir));
    });
}

function describe(status: Status, dataDir: string): string {
  if (status.state === 'absent') return `There is no cluster in ${dataDir}. \`zeroplane up\` makes one.\n`;
  const rows: [string, string][] = [
    ['Cluster', status.uid],
    ['Control plane', status.state === 'running' ? `running at ${status.url}` : 'stopped'],
    ...status.workers.map((worker): [string, string] => [`Worker ${worker.name}`, [worker.process, worker.ready].filter(Boolean).join(', ')]),
    ['Pods', status.pods === undefined ? '' : `${status.pods.running} running of ${status.pods.total}`],
    ['Kubeconfig', status.kubeconfig],
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows.filter(([, value]) => value).map(([label, value]) => `${label.padEnd(width)}${value}\n`).join('');
}
