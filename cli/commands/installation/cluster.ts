import { Command } from 'commander';
import { stringify } from 'yaml';
import { z } from 'zod';
import { contextOf } from '#api/management/kubeconfig';
import { addToKubeconfig, ownKubeconfig, removeFromKubeconfig } from '../../cluster/merge-kubeconfig.ts';
import { withInstallation } from '../../installation/installation.ts';
import { kubeconfigFor } from '../../installation/kubeconfig-for.ts';
import { Count, KUBECONFIG_OPTION, Output, OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { alignedLines } from '../../render/columns.ts';
import { renderAnswer } from '../../render/documents.ts';

const CreateOptions = z.strictObject({ owner: z.string().optional(), kubeconfig: z.string().optional(), output: Output });
const ListOptions = z.strictObject({ output: Output });
const DeleteOptions = z.strictObject({ kubeconfig: z.string().optional() });
const KubeconfigOptions = z.strictObject({ expiresInHours: Count.optional(), save: z.boolean().default(false), kubeconfig: z.string().optional() });

export function clustersCommand(): Command {
  const command = new Command('cluster').description('Clusters of the installation that you are logged in to.');
  command
    .command('create')
    .argument('<name>')
    .description('make a cluster, and point your kubeconfig to it')
    .option('--owner <id>', 'whom it is counted for (default: the owner of your token)')
    .option(...KUBECONFIG_OPTION)
    .option(...OUTPUT_OPTION)
    .action(async (name: string, given: unknown) => create(name, parseOptions(CreateOptions, given)));
  command
    .command('list')
    .description('all clusters')
    .option(...OUTPUT_OPTION)
    .action(async (given: unknown) => list(parseOptions(ListOptions, given)));
  command
    .command('delete')
    .argument('<name>')
    .description('remove a cluster and all that is in it')
    .option('--kubeconfig <file>', 'kubeconfig to take its context from (default: KUBECONFIG, ~/.kube/config)')
    .action(async (name: string, given: unknown) => remove(name, parseOptions(DeleteOptions, given)));
  command
    .command('kubeconfig')
    .argument('<name>')
    .description("print an administrator's kubeconfig, with a token of its own")
    .option('--expires-in-hours <n>', 'when the token ends (default: 720)')
    .option('--save', 'add it to your kubeconfig instead, as the current context')
    .option(...KUBECONFIG_OPTION)
    .action(async (name: string, given: unknown) => kubeconfig(name, parseOptions(KubeconfigOptions, given)));
  return command;
}

async function create(name: string, { owner, output, ...options }: z.infer<typeof CreateOptions>): Promise<void> {
  await withInstallation(async (manage, login) => {
    const made = await manage('createCluster', { body: { name, ...(owner === undefined ? {} : { owner }) } });
    const file = ownKubeconfig(options.kubeconfig);
    addToKubeconfig(file, await kubeconfigFor(manage, login, name));
    process.stdout.write(renderAnswer(output, made, () => `cluster/${name} created at ${made.server}\nIt is the current context of ${file}.\n`));
  });
}

async function list({ output }: z.infer<typeof ListOptions>): Promise<void> {
  const found = await withInstallation((manage) => manage('listClusters'));
  const rows = found.items.map(({ name, owner, createdAt, server }) => [name, owner, createdAt, server]);
  process.stdout.write(renderAnswer(output, found, () => alignedLines([['NAME', 'OWNER', 'CREATED', 'SERVER'], ...rows])));
}

async function remove(name: string, options: z.infer<typeof DeleteOptions>): Promise<void> {
  await withInstallation((manage) => manage('deleteCluster', { params: { cluster: name } }));
  removeFromKubeconfig(ownKubeconfig(options.kubeconfig), contextOf(name));
  process.stdout.write(`cluster/${name} deleted\n`);
}

async function kubeconfig(name: string, { expiresInHours, save, ...options }: z.infer<typeof KubeconfigOptions>): Promise<void> {
  const made = await withInstallation((manage, login) => kubeconfigFor(manage, login, name, expiresInHours));
  if (!save) return void process.stdout.write(stringify(made));
  const file = ownKubeconfig(options.kubeconfig);
  addToKubeconfig(file, made);
  process.stdout.write(`The context ${contextOf(name)} is the current one of ${file}.\n`);
}
