import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment, Pod, Service } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { DEPLOYMENTS, PODS, SERVICES } from '#client/core-resources';
import { Failure } from '#client/failure';
import { killContainer } from '#local/sample/kill-container';
import { isPodReady } from '../../../waiting/readiness.ts';
import { type Tally, ask, askMeanwhile, askTimes, totalOf } from './requests.ts';
import type { Stage } from './stage.ts';

const NAMESPACE = 'default';
const WEB = 'flask-kubernetes';
const REPLICAS = 4;
const PATIENCE_MS = 60_000;
const POLL_MS = 50;

/** The web application of a tutorial, from a refused manifest to a deleted pod that nobody missed. */
export async function tour(stage: Stage, client: ApiClient): Promise<void> {
  await refuse(stage, client);
  const url = await deploy(stage, client);
  await killOne(stage, client, url);
  await deleteOne(stage, client, url);
  stage.chapter('Gone as it came', 'Deleting what the manifest describes deletes its pods, too.');
  await stage.zeroplane(['delete', '-f', 'flask.yaml']);
  await until('all pods are gone', async () => (await podsOf(client)).length === 0);
}

async function refuse(stage: Stage, client: ApiClient): Promise<void> {
  stage.chapter('A manifest with two mistakes', 'Found all over the web: a blank in a name, a Deployment without a selector. Refused field by field, and nothing is left behind.');
  await stage.zeroplane(['apply', '-f', 'flask-broken.yaml'], 1);
  const [deployments, services] = await Promise.all([client.list<Deployment>(DEPLOYMENTS, { namespace: NAMESPACE }), client.list<Service>(SERVICES, { namespace: NAMESPACE })]);
  const names = [...deployments.items, ...services.items].map(({ metadata }) => metadata.name ?? '').filter((name) => name !== 'kubernetes');
  stage.check('nothing was made', names.length === 0, `there is ${names.join(', ')}`);
}

async function deploy(stage: Stage, client: ApiClient): Promise<string> {
  stage.chapter('The same, mended', 'Four pods of an image that was built here a moment ago, each ready once it answers, and a Service with an address.');
  await stage.zeroplane(['apply', '-f', 'flask.yaml', '--wait']);
  await stage.zeroplane(['get', 'pods,services']);
  await stage.zeroplane(['service', `${WEB}-service`, '--url']);
  const service = await client.get<Service>(SERVICES, { namespace: NAMESPACE, name: `${WEB}-service` });
  const url = `http://${service.status?.loadBalancer?.ingress?.[0]?.ip ?? ''}:6000`;
  const answer = await ask(`${url}/`);
  stage.check(`${url} answers: ${answer}`, answer === 'Hello from Kubernetes!', 'the tour expects another greeting');
  return url;
}

async function killOne(stage: Stage, client: ApiClient, url: string): Promise<void> {
  stage.chapter('A container dies', 'Killed behind the cluster\'s back, as a crash would. Its pod starts it again.');
  const victim = nameOf((await podsOf(client))[0]);
  const tally = await stage.step(`Killing the container of ${victim}`, async (say) =>
    askMeanwhile(`${url}/hostname`, async () => {
      await killContainer({ namespace: NAMESPACE, name: victim }, WEB);
      say('waiting for its restart');
      await until('it runs again', async () => (await podsOf(client)).some((pod) => nameOf(pod) === victim && restartsOf(pod) === 1 && isReady(pod)));
    }),
  );
  await stage.zeroplane(['get', 'pods']);
  stage.say(`\n${totalOf(tally)} requests meanwhile; ${tally.failures.length === 0 ? 'none' : tally.failures.length} met the dead container before the Service left it out.`);
  const after = await askTimes(`${url}/hostname`, 40);
  stage.check(`40 requests afterwards: ${spread(after)}`, after.failures.length === 0, after.failures.join('\n'));
}

async function deleteOne(stage: Stage, client: ApiClient, url: string): Promise<void> {
  stage.chapter('A pod is deleted', 'Another takes its place, and the Service sends nobody to the one that goes: clients ask without a pause.');
  const before = (await podsOf(client)).map(nameOf);
  const victim = before[0] ?? '';
  const tally = await askMeanwhile(`${url}/hostname`, async () => {
    await stage.zeroplane(['delete', 'pod', victim]);
    await until('four pods are ready', async () => {
      const pods = await podsOf(client);
      return pods.length === REPLICAS && pods.every((pod) => nameOf(pod) !== victim && isReady(pod));
    });
  });
  await stage.zeroplane(['get', 'pods']);
  const added = (await podsOf(client)).map(nameOf).filter((name) => !before.includes(name));
  stage.say('');
  stage.check(`${victim} is gone, ${added.join()} took its place`, added.length === 1, `new pods: ${added.join(', ')}`);
  stage.check(`${totalOf(tally)} requests meanwhile, all answered`, tally.failures.length === 0, [...new Set(tally.failures)].join('\n'));
  const after = await askTimes(`${url}/hostname`, 40);
  stage.check(`40 requests afterwards: ${spread(after)}`, after.failures.length === 0 && !after.answers.has(victim), after.failures.join('\n'));
}

function spread({ answers, failures }: Tally): string {
  return failures.length > 0 ? `${failures.length} failed` : `all answered, by ${answers.size} pods`;
}

async function podsOf(client: ApiClient): Promise<Pod[]> {
  return (await client.list<Pod>(PODS, { namespace: NAMESPACE, labelSelector: `app=${WEB}` })).items;
}

function nameOf(pod: Pod | undefined): string {
  return pod?.metadata.name ?? '';
}

function restartsOf({ status }: Pod): number {
  return status?.containerStatuses?.[0]?.restartCount ?? 0;
}

function isReady(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && isPodReady(pod);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Failure(`not within ${PATIENCE_MS / 1000} s: ${what}`);
    await sleep(POLL_MS);
  }
}
