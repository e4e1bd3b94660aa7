import { Command } from 'commander';
import { z } from 'zod';
import { withInstallation } from '../../installation/installation.ts';
import { joinLine } from '../../installation/join-line.ts';
import { Count, Output, OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { alignedLines } from '../../render/columns.ts';
import { renderAnswer } from '../../render/documents.ts';
import { joinCommand } from '../local/join.ts';
import { leaveCommand } from '../local/leave.ts';

const InCluster = { cluster: z.string().min(1).default('default') };
const ListOptions = z.strictObject({ ...InCluster, output: Output });
const TokenOptions = z.strictObject({
  ...InCluster,
  uses: Count.optional(),
  expiresInMinutes: Count.optional(),
  output: Output,
});

const CLUSTER = ['--cluster <name>', 'cluster of the installation (default: default)'] as const;

export function nodeCommand(): Command {
  const command = new Command('node').description('Workers: machines that run the pods of a cluster.');
  command.addCommand(joinCommand());
  command.addCommand(leaveCommand());
  command
    .command('token')
    .description('make a token with which machines join, and print the line that uses it')
    .option(...CLUSTER)
    .option('--uses <n>', 'for how many nodes (default: 1)')
    .option('--expires-in-minutes <n>', 'when it ends (default: 60)')
    .option(...OUTPUT_OPTION)
    .action(async (given: unknown) => token(parseOptions(TokenOptions, given)));
  command
    .command('list')
    .description('the nodes that have joined')
    .option(...CLUSTER)
    .option(...OUTPUT_OPTION)
    .action(async (given: unknown) => list(parseOptions(ListOptions, given)));
  command
    .command('remove')
    .argument('<name>')
    .description("end a node's credential, so that its name is free again")
    .option(...CLUSTER)
    .action(async (name: string, given: unknown) => remove(name, parseOptions(z.strictObject(InCluster), given)));
  return command;
}

async function token({ cluster, uses, expiresInMinutes, output }: z.infer<typeof TokenOptions>): Promise<void> {
  await withInstallation(async (manage, { server }) => {
    const body = { ...(uses === undefined ? {} : { uses }), ...(expiresInMinutes === undefined ? {} : { expiresInSeconds: expiresInMinutes * 60 }) };
    const made = await manage('createJoinToken', { params: { cluster }, body });
    process.stdout.write(renderAnswer(output, made, () => `${joinLine(server, made.token)}\n`));
  });
}

async function list({ cluster, output }: z.infer<typeof ListOptions>): Promise<void> {
  const found = await withInstallation((manage) => manage('listNodes', { params: { cluster } }));
  const rows = found.items.map((node) => [node.name, node.owner, node.joinedAt, node.lastSeenAt ?? 'never']);
  process.stdout.write(renderAnswer(output, found, () => alignedLines([['NAME', 'OWNER', 'JOINED', 'LAST SEEN'], ...rows])));
}

async function remove(node: string, { cluster }: { cluster: string }): Promise<void> {
  await withInstallation((manage) => manage('removeNode', { params: { cluster, node } }));
  process.stdout.write(`node/${node} may join no more; its pods stay until the cluster gives them up\n`);
}
