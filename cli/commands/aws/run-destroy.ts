import { Failure } from '#client/failure';
import { OUTPUTS } from '#lambda/names';
import { openAccount } from '../../aws/account.ts';
import { openCodeBucket, type CodeBucket } from '../../aws/code-bucket.ts';
import { removeStack } from '../../aws/deployment.ts';
import { openKeptData, type KeptData } from '../../aws/kept-data.ts';
import { openStacks, refuseBusy, type Stack, type Stacks } from '../../aws/stack.ts';
import { contextsAt, ownKubeconfig, removeFromKubeconfig } from '../../cluster/merge-kubeconfig.ts';
import { withInstallation } from '../../installation/installation.ts';
import { forgetLogin, ownLogin } from '../../installation/login-file.ts';
import { alignedLines } from '../../render/columns.ts';
import { confirmed } from '../../render/confirm.ts';
import { createProgress, type Progress } from '../../render/progress.ts';
import type { DestroyOptions } from './options.ts';

/** What there is of an installation, in the account. */
interface Remains {
  stack: Stack | undefined;
  hasBucket: boolean;
  tables: { name: string; bytes: number }[];
  secrets: string | undefined;
}

interface Access {
  stacks: Stacks;
  bucket: CodeBucket;
  data: KeptData;
}

export async function destroy(options: DestroyOptions): Promise<void> {
  const { name, deleteData, yes } = options;
  const progress = createProgress(process.stdout);
  const account = await progress.step('Asking AWS who you are', () => openAccount(options));
  const access: Access = { stacks: openStacks(account), bucket: openCodeBucket(account, name), data: openKeptData(account, name) };
  const remains = await progress.step('Looking for the installation', () => look(access, name));
  const goes = [
    ...(remains.stack ? [['stack', `${name}: its functions, queues, roles, alarms and logs`]] : []),
    ...(remains.hasBucket ? [['bucket', `${access.bucket.name}: the functions' code`]] : []),
    ...(deleteData ? dataLines(remains) : []),
  ];
  const stays = deleteData ? [] : dataLines(remains);
  progress.say(`\nAWS account ${account.id}, region ${account.region}, as ${account.arn}`);
  if (goes.length === 0) return progress.say(`There is no installation ${name} there.${stays.length === 0 ? '' : `\n${keeps(stays)}`}`);
  progress.say(`To be removed, for good:\n\n${alignedLines(goes, '  ')}${stays.length === 0 ? '' : `\n${keeps(stays)}`}`);
  if (remains.stack && !options.force) await refuseWithNodes(remains.stack);
  if (!(await confirmed({ text: `Type the name of the installation to remove it: `, answer: new RegExp(`^${name}$`), yes }))) return progress.say('Nothing was done.');
  await remove(remains, { access, progress, options });
  progress.say(`\nThe installation ${name} is gone.`);
}

async function look({ stacks, bucket, data }: Access, name: string): Promise<Remains> {
  const stack = await stacks.find(name);
  if (stack) refuseBusy(stack);
  return { stack, hasBucket: await bucket.exists(), tables: await data.tables(stack?.outputs[OUTPUTS.table]), secrets: await data.secrets() };
}

function dataLines({ tables, secrets }: Remains): string[][] {
  const size = (bytes: number): string => (bytes < 1e6 ? 'less than 1 MB' : `${Math.round(bytes / 1e6)} MB`);
  return [...tables.map((table) => ['table', `${table.name}: all objects of all clusters (${size(table.bytes)})`]), ...(secrets === undefined ? [] : [['parameter', `${secrets}: CA and signing keys`]])];
}

function keeps(lines: string[][]): string {
  return `Kept, at the price of its storage (--delete-data removes it, too):\n\n${alignedLines(lines, '  ')}`;
}

/** Pods would run on, with nobody to tell them anything. */
async function refuseWithNodes({ outputs, name }: Stack): Promise<void> {
  const url = outputs[OUTPUTS.url];
  if (url === undefined) return; // it never answered anybody
  const nodes = await nodesOf(new URL(url).origin).catch((error: unknown) => {
    throw new Failure(`nobody can say whether nodes still work for ${name}`, { cause: error, why: (error as Error).message, fix: 'Log in as its administrator, or remove it all the same with --force.' });
  });
  if (nodes.length === 0) return;
  throw new Failure(`${nodes.length} ${nodes.length === 1 ? 'node still works' : 'nodes still work'} for ${name}`, {
    why: nodes.join('\n'),
    fix: 'Take each away (`zeroplane node leave` on the machine, then `zeroplane node remove`), or remove the installation all the same with --force.',
  });
}

async function nodesOf(server: string): Promise<string[]> {
  const login = ownLogin(server);
  if (login === undefined) throw new Failure(`you are not logged in at ${server}`);
  return withInstallation(async (manage) => {
    const found: string[] = [];
    for (const { name: cluster } of (await manage('listClusters')).items) {
      const { items } = await manage('listNodes', { params: { cluster } });
      found.push(...items.map(({ name, lastSeenAt }) => `${name} of the cluster ${cluster}, last seen ${lastSeenAt ?? 'never'}`));
    }
    return found;
  }, login);
}

interface Removal {
  access: Access;
  progress: Progress;
  options: DestroyOptions;
}

/** The stack first: nothing makes anything any more when it is gone. */
async function remove({ stack, hasBucket, tables, secrets }: Remains, { access: { stacks, bucket, data }, progress, options }: Removal): Promise<void> {
  if (stack !== undefined) {
    await progress.step('Deleting the stack', (say) => removeStack(stacks, stack, say));
    await progress.step("Removing the nodes' queues", () => data.removeNodeQueues(stack.id.split('/').at(-1) ?? ''));
    const { [OUTPUTS.url]: url } = stack.outputs;
    if (url !== undefined) forget(new URL(url).origin, ownKubeconfig(options.kubeconfig));
  }
  if (hasBucket) await progress.step('Removing the code', () => bucket.remove());
  if (!options.deleteData) return;
  for (const { name } of tables) await progress.step(`Deleting the table ${name}`, () => data.removeTable(name));
  if (secrets !== undefined) await progress.step('Deleting the keys', () => data.removeSecrets());
}

function forget(server: string, kubeconfig: string): void {
  if (ownLogin(server) !== undefined) forgetLogin();
  for (const context of contextsAt(kubeconfig, server)) removeFromKubeconfig(kubeconfig, context);
}
