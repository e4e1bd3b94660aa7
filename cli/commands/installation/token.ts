import { Command } from 'commander';
import { z } from 'zod';
import { withInstallation } from '../../installation/installation.ts';
import { Count, Output, OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { alignedLines } from '../../render/columns.ts';
import { renderAnswer } from '../../render/documents.ts';

const Of = { cluster: z.string().min(1).optional() };
const CreateOptions = z.strictObject({ ...Of, description: z.string().optional(), expiresInHours: Count.optional(), output: Output });
const ListOptions = z.strictObject({ ...Of, output: Output });

const CLUSTER = ['--cluster <name>', "of this cluster's Kubernetes API (default: of the installation)"] as const;

export function tokenCommand(): Command {
  const command = new Command('token').description('Tokens of the installation that you are logged in to, and of its clusters.');
  command
    .command('create')
    .description('make a token, and print it: it is shown this once')
    .option(...CLUSTER)
    .option('--description <text>', 'what it is for')
    .option('--expires-in-hours <n>', 'when it ends (default: 720)')
    .option(...OUTPUT_OPTION)
    .action(async (given: unknown) => create(parseOptions(CreateOptions, given)));
  command
    .command('list')
    .description('tokens, without their secrets')
    .option(...CLUSTER)
    .option(...OUTPUT_OPTION)
    .action(async (given: unknown) => list(parseOptions(ListOptions, given)));
  command
    .command('revoke')
    .argument('<id>')
    .description('end a token')
    .option(...CLUSTER)
    .action(async (id: string, given: unknown) => revoke(id, parseOptions(z.strictObject(Of), given)));
  return command;
}

async function create({ cluster, description, expiresInHours, output }: z.infer<typeof CreateOptions>): Promise<void> {
  const body = { ...(description === undefined ? {} : { description }), ...(expiresInHours === undefined ? {} : { expiresInSeconds: expiresInHours * 3600 }) };
  const made = await withInstallation((manage) => (cluster === undefined ? manage('createToken', { body }) : manage('createClusterToken', { params: { cluster }, body })));
  process.stdout.write(renderAnswer(output, made, () => `${made.token}\n`));
}

async function list({ cluster, output }: z.infer<typeof ListOptions>): Promise<void> {
  const found = await withInstallation((manage) => (cluster === undefined ? manage('listTokens') : manage('listClusterTokens', { params: { cluster } })));
  const rows = found.items.map(({ id, owner = '', expiresAt = 'never', description = '' }) => [id, owner, expiresAt, description]);
  process.stdout.write(renderAnswer(output, found, () => alignedLines([['ID', 'OWNER', 'EXPIRES', 'DESCRIPTION'], ...rows])));
}

async function revoke(id: string, { cluster }: { cluster?: string | undefined }): Promise<void> {
  await withInstallation((manage) => (cluster === undefined ? manage('revokeToken', { params: { id } }) : manage('revokeClusterToken', { params: { cluster, id } })));
  process.stdout.write(`token/${id} revoked\n`);
}
