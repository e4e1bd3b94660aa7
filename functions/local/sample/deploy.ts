import type { Deployment, Service } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { DEPLOYMENTS, SERVICES } from '#client/core-resources';
import { isAlreadyExists } from '#client/api-error';
import { Failure } from '#client/failure';
import { asAdmin } from '../admin-client.ts';
import { dataFolder, readCluster } from '../data-folder.ts';
import { ensureNodeImage } from './node-image.ts';
import { WEB_SCRIPT } from './web-script.ts';

const NAME = 'hello';
const IMAGE = 'zeroplane-sample/hello:1';
const TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** Deploys a small web application, and gives its address once that answers. Harmless to repeat. */
export async function deploySample(options: { dataDir: string; say(detail: string): void }): Promise<string> {
  const folder = dataFolder(options.dataDir);
  const cluster = readCluster(folder);
  if (!cluster) throw new Failure(`there is no cluster in ${folder.root}`);
  if (cluster.runtime === 'docker') {
    options.say('making its image');
    const { default: Docker } = await import('dockerode');
    await ensureNodeImage(new Docker(), { name: IMAGE, script: WEB_SCRIPT, env: { MESSAGE: 'Hello from zeroplane!' } });
  }
  const url = await asAdmin(folder, cluster, async (client) => {
    await createOnce(() => client.create<Deployment>(DEPLOYMENTS, deployment()));
    await createOnce(() => client.create<Service>(SERVICES, service()));
    return waitForAnswer(client, cluster.runtime === 'docker', options.say);
  });
  if (url === undefined) throw new Failure('the cluster has no administrator token');
  return url;
}

function deployment(): Deployment {
  const labels = { app: NAME };
  const container = { name: NAME, image: IMAGE, imagePullPolicy: 'Never', ports: [{ containerPort: 8080 }], readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: 'default', labels },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  };
}

function service(): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: NAME, namespace: 'default' }, spec: { type: 'LoadBalancer', selector: { app: NAME }, ports: [{ port: 80, targetPort: 8080 }] } };
}

async function createOnce(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

async function waitForAnswer(client: ApiClient, isReal: boolean, say: (detail: string) => void): Promise<string> {
  const deadlineMs = Date.now() + TIMEOUT_MS;
  for (;;) {
    const { status } = await client.get<Deployment>(DEPLOYMENTS, { namespace: 'default', name: NAME });
    const address = (await client.get<Service>(SERVICES, { namespace: 'default', name: NAME })).status?.loadBalancer?.ingress?.[0]?.ip;
    say(`${status?.readyReplicas ?? 0} of 2 pods ready${address ? `, address ${address}` : ''}`);
    if (address && (status?.readyReplicas ?? 0) > 0 && (!isReal || (await responds(`http://${address}/`)))) return `http://${address}/`;
    if (Date.now() > deadlineMs) {
      throw new Failure('the sample application does not answer', { why: `${status?.readyReplicas ?? 0} of 2 pods are ready`, fix: '`zeroplane describe pods -l app=hello` says why.' });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function responds(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}
