import type { KubeObject } from '#api/object';
import type { ApiClient, ResourcePath } from '#client/api-client';
import { isAlreadyExists, isNotFound, isUnreachable } from '#client/api-error';
import { DEPLOYMENTS, ENDPOINT_SLICES, PODS, REPLICA_SETS, SERVICES } from '#client/core-resources';
import { eventually } from '../support/eventually.ts';

interface Pod extends KubeObject {
  spec: { nodeName?: string; containers: { image: string }[] };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

const NAMESPACE = 'default';
const PATIENCE = { timeoutMs: 120_000, intervalMs: 150 };

/**
 * A small application from its first request to its last trace, by a client that repeats what it got no answer to. Throws when a stage
 * does not come to exactly its end state.
 */
export async function liveOnce(client: ApiClient, name: string): Promise<void> {
  const named = { namespace: NAMESPACE, name };
  await insist(() => client.create(SERVICES, serviceOf(name)), isAlreadyExists);
  await insist(() => client.create(DEPLOYMENTS, deploymentOf(name)), isAlreadyExists);
  await runs(client, name, 'example.test/web:1');
  await insist(() => client.patch(DEPLOYMENTS, named, { type: 'application/strategic-merge-patch+json', body: { spec: { template: { spec: { containers: [{ name: 'web', image: 'example.test/web:2' }] } } } } }));
  await runs(client, name, 'example.test/web:2');
  await insist(() => client.delete(DEPLOYMENTS, named, { propagationPolicy: 'Background' }), isNotFound);
  await insist(() => client.delete(SERVICES, named), isNotFound);
  await eventually(
    `nothing is left of ${name}`,
    async () => {
      const left = await Promise.all([PODS, REPLICA_SETS, ENDPOINT_SLICES].map((resource) => listOf(client, resource, name)));
      if (left.flat().length > 0) throw new Error(left.flat().map(({ metadata }) => metadata.name).join(', '));
      return true;
    },
    PATIENCE,
  );
}

/** One pod of the image and no other, bound and Ready, one replica set that wants it, its address behind the Service. */
async function runs(client: ApiClient, name: string, image: string): Promise<void> {
  await eventually(
    `${name} runs ${image}`,
    async () => {
      const pods = await listOf<Pod>(client, PODS, name);
      const sets = await listOf<KubeObject & { spec: { replicas: number } }>(client, REPLICA_SETS, name);
      const slices = await listOf<KubeObject & { endpoints?: { targetRef?: { name: string }; conditions?: { ready?: boolean } }[] }>(client, ENDPOINT_SLICES, name);
      const state = {
        pods: pods.map(({ spec, status }) => `${spec.containers[0]?.image} ${status?.phase} ${status?.conditions?.find(({ type }) => type === 'Ready')?.status}`),
        wanted: sets.map(({ spec }) => spec.replicas).filter((replicas) => replicas > 0),
        behind: slices.flatMap(({ endpoints = [] }) => endpoints.filter(({ conditions }) => conditions?.ready === true).map(({ targetRef }) => targetRef?.name)),
      };
      const expected = { pods: [`${image} Running True`], wanted: [1], behind: pods.map(({ metadata }) => metadata.name) };
      if (JSON.stringify(state) !== JSON.stringify(expected)) throw new Error(JSON.stringify(state));
      return true;
    },
    PATIENCE,
  );
}

async function listOf<T extends KubeObject>(client: ApiClient, resource: ResourcePath, name: string): Promise<T[]> {
  return (await client.list<T>(resource, { namespace: NAMESPACE, labelSelector: `app=${name}` })).items;
}

// The server may have died before, within or after its commit: asked again, both answers are right.
async function insist(send: () => Promise<unknown>, isDone: (error: unknown) => boolean = () => false): Promise<void> {
  await eventually(
    'an answer',
    async () => {
      try {
        await send();
      } catch (error) {
        if (!isDone(error)) {
          if (isUnreachable(error)) return false;
          throw error;
        }
      }
      return true;
    },
    PATIENCE,
  );
}

function serviceOf(name: string): KubeObject & { spec: object } {
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace: NAMESPACE, name, labels: { app: name } }, spec: { selector: { app: name }, ports: [{ port: 80 }] } };
}

function deploymentOf(name: string): KubeObject & { spec: object } {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'web', image: 'example.test/web:1' }] } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: NAMESPACE, name, labels }, spec: { replicas: 1, selector: { matchLabels: labels }, template } };
}
