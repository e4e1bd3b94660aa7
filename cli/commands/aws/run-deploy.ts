import { contextOf } from '#api/management/kubeconfig';
import { OUTPUTS, PARAMETERS } from '#lambda/names';
import { heldWatches } from '#lambda/shares';
import { openAccount, readConcurrency } from '../../aws/account.ts';
import { openCodeBucket } from '../../aws/code-bucket.ts';
import { bringAbout, type Deployment } from '../../aws/deployment.ts';
import { newAdminToken, pointToCluster, sha256, untilItAnswers } from '../../aws/hand-over.ts';
import { changesNothing, planOf, refuseToBeginAnew, type Plan } from '../../aws/plan.ts';
import { openStacks, refuseUnfinished, type Stack } from '../../aws/stack.ts';
import { loadApp, type SynthesisedApp } from '../../aws/synthesised-app.ts';
import { ownKubeconfig } from '../../cluster/merge-kubeconfig.ts';
import { withInstallation } from '../../installation/installation.ts';
import { joinLine } from '../../installation/join-line.ts';
import { ownLogin, writeLogin, type Login } from '../../installation/login-file.ts';
import { confirmed } from '../../render/confirm.ts';
import { alignedLines } from '../../render/columns.ts';
import { renderAnswer } from '../../render/documents.ts';
import { renderPlan } from '../../render/plan.ts';
import { createProgress, type Progress } from '../../render/progress.ts';
import type { DeployOptions } from './options.ts';

// Enough that watches and bursts of pods do not wait for each other.
const ENOUGH_CONCURRENCY = 100;

export async function deploy(options: DeployOptions): Promise<void> {
  const progress = createProgress(options.output === 'text' ? process.stdout : process.stderr);
  const account = await progress.step('Asking AWS who you are', () => openAccount(options));
  const stacks = openStacks(account);
  const { concurrency, stack } = await progress.step('Reading the account', async () => ({ concurrency: await readConcurrency(account), stack: await stacks.find(options.name) }));
  refuseUnfinished(stack);
  const app = await progress.step(options.app === undefined ? 'Synthesising the app' : 'Reading the app', () => loadApp(options.app));
  const deployment: Deployment = { name: options.name, account, stacks, stack, progress };

  const plan = await planned(app, { deployment, concurrency, newAdminToken: options.newAdminToken });
  progress.say(`\n${introduction(deployment, concurrency)}\n\n${renderPlan(plan, { newBucket: stack === undefined ? openCodeBucket(account, options.name).name : undefined })}`);
  if (options.dryRun) return void process.stdout.write(renderAnswer(options.output, plan, () => ''));
  const isUpToDate = changesNothing(plan);
  if (!isUpToDate && !(await confirmed({ text: 'Go on? [y/N] ', answer: /^y(es)?$/i, yes: options.yes }))) return progress.say('Nothing was done.');

  const token = stack === undefined || options.newAdminToken ? newAdminToken() : undefined;
  const parameters = { [PARAMETERS.adminToken]: token && sha256(token), [PARAMETERS.accountConcurrency]: String(concurrency) };
  const made = isUpToDate && stack !== undefined ? stack : await bringAbout({ template: app.template, parameters }, app.code, deployment);
  const handed = await handOver(made, { options, token, progress, isNew: stack === undefined });
  const answer = { name: options.name, account: account.id, region: account.region, changed: !isUpToDate, ...handed };
  process.stdout.write(renderAnswer(options.output, answer, () => `\n${nextSteps(handed, options)}\n`));
}

async function planned({ template }: SynthesisedApp, { deployment: { stacks, stack }, concurrency, newAdminToken: isNewToken }: { deployment: Deployment; concurrency: number; newAdminToken: boolean }): Promise<Plan> {
  const parameters = { [PARAMETERS.accountConcurrency]: String(concurrency), ...(isNewToken ? { [PARAMETERS.adminToken]: 'that of a new token' } : {}) };
  const plan = planOf({ template, parameters }, stack && { template: await stacks.templateOf(stack), parameters: stack.parameters });
  refuseToBeginAnew(plan, stack?.outputs[OUTPUTS.table]);
  return plan;
}

function introduction({ name, account, stack }: Deployment, concurrency: number): string {
  const watches = heldWatches(concurrency);
  const advice = concurrency < ENOUGH_CONCURRENCY ? '\nBefore a team moves in, ask Service Quotas for 1000 (Lambda, concurrent executions): it costs nothing.' : '';
  return [
    `AWS account ${account.id}, region ${account.region}, as ${account.arn}`,
    `It runs ${concurrency} functions at once, so ${watches} ${watches === 1 ? 'watch is' : 'watches are'} held at a time in a cluster.${advice}`,
    `${stack === undefined ? 'To be made' : 'To be done'} for the installation ${name}:`,
  ].join('\n');
}

interface HandOver {
  options: DeployOptions;
  /** undefined: the administrator's token is the one before. */
  token: string | undefined;
  progress: Progress;
  isNew: boolean;
}

interface Handed {
  server: string;
  /** Where its data is. */
  table: string;
  /** For who wants to hear of alarms. */
  alarmTopicArn: string;
  /** Whose context the kubeconfig has. */
  cluster: string;
  kubeconfig: string;
  /** Whoever has no token of the installation gets no kubeconfig either. */
  loggedIn: boolean;
  /** The line that makes a machine a worker. */
  join?: string;
}

async function handOver({ outputs }: Stack, { options, token, progress, isNew }: HandOver): Promise<Handed> {
  const server = new URL(outputs[OUTPUTS.url] ?? '').origin;
  const handed = { server, table: outputs[OUTPUTS.table] ?? '', alarmTopicArn: outputs[OUTPUTS.alarmTopic] ?? '', cluster: options.cluster, kubeconfig: ownKubeconfig(options.kubeconfig) };
  const login: Login | undefined = token === undefined ? ownLogin(server) : { server, token };
  if (login === undefined) return { ...handed, loggedIn: false };
  // Before anything else can fail: nobody else has the token.
  if (token !== undefined) writeLogin(login);
  await progress.step('Waiting for the API to answer', (say) => untilItAnswers(login, { isNewToken: token !== undefined, say }));
  await progress.step(`Pointing your kubeconfig to the cluster ${options.cluster}`, () => pointToCluster(login, { cluster: options.cluster, file: handed.kubeconfig }));
  if (!isNew) return { ...handed, loggedIn: true };
  const { token: joinToken } = await withInstallation((manage) => manage('createJoinToken', { params: { cluster: options.cluster }, body: {} }), login);
  return { ...handed, loggedIn: true, join: joinLine(server, joinToken) };
}

function nextSteps({ server, cluster, kubeconfig, loggedIn, join }: Handed, { name, region }: DeployOptions): string {
  const again = `${name === 'zeroplane' ? '' : ` --name ${name}`}${region === undefined ? '' : ` --region ${region}`}`;
  if (!loggedIn) return `The installation ${name} is at ${server}\n\nYou have no token of it. Log in with one that you were given (\`zeroplane login\`), or make a new administrator's:\n\n  zeroplane deploy${again} --new-admin-token`;
  const steps = alignedLines([
    [`  export KUBECONFIG=${kubeconfig}`, `its context ${contextOf(cluster)} is the cluster`],
    ['  kubectl get nodes', 'or without kubectl: zeroplane get nodes'],
    [`  zeroplane destroy${again}`, 'removes the installation; its data stays'],
  ]);
  const worker = join === undefined ? `\`zeroplane node token --cluster ${cluster}\` prints the line that makes a machine its worker.` : `On a machine with Linux, Docker and Node.js 20 or newer, within the hour, this makes it a worker:\n\n  ${join}`;
  return `The installation ${name} answers at ${server}\n\n${steps}\n${worker}`;
}
