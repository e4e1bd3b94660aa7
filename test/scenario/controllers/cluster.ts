import { applyDefaults } from '#api/defaulting';
import { DEFAULT_INTERVAL_MS, encodeHeartbeat, heartbeatKey } from '#api/heartbeat';
import type { KubeObject } from '#api/object';
import type { Deployment, Node, Pod } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { createControllers } from '#controllers/registry';
import { createLoop } from '#controllers/runtime/loop';
import type { Loop } from '#controllers/runtime/loop';
import type { ReconcileFailure } from '#controllers/runtime/controller';
import { isPodReady } from '#core/pod-state';
import { hasCode } from '#ports/errors';
import type { Table } from '#ports/table';
import { openObjectStore } from '#store/open';
import type { ObjectStore } from '#store/object-store';
import { seededIds } from '#test/support/ids';
import { openTestStore, resource } from '#test/support/store';
import type { TestStore } from '#test/support/store';

export const PODS = resource('pods');
export const NODES = resource('nodes');
export const NAMESPACES = resource('namespaces');
export const SERVICES = resource('services');
export const EVENTS = resource('events');
export const DEPLOYMENTS = resource('deployments', 'apps');
export const REPLICA_SETS = resource('replicasets', 'apps');
export const SLICES = resource('endpointslices', 'discovery.k8s.io');
export const JOBS = resource('jobs', 'batch');
export const CRON_JOBS = resource('cronjobs', 'batch');
export const STATEFUL_SETS = resource('statefulsets', 'apps');
export const DAEMON_SETS = resource('daemonsets', 'apps');
export const ENDPOINTS = resource('endpoints');
export const PERSISTENT_VOLUMES = resource('persistentvolumes');
export const PERSISTENT_VOLUME_CLAIMS = resource('persistentvolumeclaims');
export const STORAGE_CLASSES = resource('storageclasses', 'storage.k8s.io');
export const REPLICATION_CONTROLLERS = resource('replicationcontrollers');
export const CONFIG_MAPS = resource('configmaps');

/** What becomes of a pod that has a node. */
export type Kubelet = (pod: Pod) => 'ready' | 'running' | 'silent' | 'succeeded' | 'failed';

/** The loop over the real store, and kubelets that are a few lines: what is bound runs, what is deleted goes. */
export interface Cluster extends TestStore {
  wakes: string[];
  failures: ReconcileFailure[];
  /** Runs loop and kubelets in turn until nobody has anything to do; `after` sees every state in between. */
  settle(options?: { kubelet?: Kubelet; afterEach?: () => Promise<void> | void }): Promise<void>;
  /** Moves the clock, with all nodes but `except` reporting. */
  pass(ms: number, except?: string[]): Promise<void>;
  create<T extends KubeObject>(what: ReturnType<typeof resource>, object: KubeObject): Promise<T>;
  list<T extends KubeObject>(what: ReturnType<typeof resource>, namespace?: string): Promise<T[]>;
  get<T extends KubeObject>(what: ReturnType<typeof resource>, name: string, namespace?: string): Promise<T | undefined>;
  change<T extends KubeObject>(what: ReturnType<typeof resource>, name: string, change: (object: T) => void): Promise<void>;
  addNode(name: string, allocatable?: Record<string, string>): Promise<void>;
  /** Another life of the loop over a table of the caller's choice. */
  loopOver(table: Table, seed: number): Loop;
}

export async function startCluster(): Promise<Cluster> {
  const base = openTestStore();
  const { store, table, clock } = base;
  const wakes: string[] = [];
  const failures: ReconcileFailure[] = [];
  const nodes = new Set<string>();

  const loopOf = (over: ObjectStore, overTable: Table): Loop =>
    createLoop({
      store: over,
      table: overTable,
      controllers: createControllers({ rootCa: 'PEM', loadBalancerCidr: '10.97.0.0/24' }),
      clock,
      lingerMs: 0,
      doorbell: { ring: async () => undefined, ringLater: async () => undefined },
      nodeChannel: { wake: async (_cluster, node) => void wakes.push(node) },
      onError: (failure) => failures.push(failure),
    });
  const loop = loopOf(store, table);
  const heartbeat = async (node: string): Promise<void> => {
    const value = encodeHeartbeat({ renewedAtMs: clock.now(), intervalMs: DEFAULT_INTERVAL_MS });
    await table.commit({ writes: [], claims: [{ cluster: store.cluster, key: heartbeatKey(node), value }] });
  };
  const refOf = (what: ReturnType<typeof resource>, name: string, namespace = 'default') => ({ resource: what, name, ...(what.namespaced ? { namespace } : {}) });

  const cluster: Cluster = {
    ...base,
    wakes,
    failures,
    async settle({ kubelet = allReady, afterEach } = {}) {
      for (let round = 0; round < 200; round++) {
        const before = await heads(store);
        await loop.run({ untilMs: clock.now() + 10_000 });
        await afterEach?.();
        const acted = await runKubelets(store, kubelet);
        await afterEach?.();
        if (!acted && before === (await heads(store))) return;
        await clock.advance(100);
      }
      throw new Error('never settles');
    },
    async pass(ms, except = []) {
      await clock.advance(ms);
      await Promise.all([...nodes].filter((node) => !except.includes(node)).map(heartbeat));
    },
    async create<T extends KubeObject>(what: ReturnType<typeof resource>, object: KubeObject) {
      const copy = structuredClone(object);
      if (what.namespaced) copy.metadata.namespace ??= 'default';
      applyDefaults(what, copy);
      return (await store.create(what, copy)).object as T;
    },
    async list<T extends KubeObject>(what: ReturnType<typeof resource>, namespace?: string) {
      return (await store.list(what, namespace === undefined ? {} : { namespace })).items.map(({ object }) => object as T);
    },
    async get<T extends KubeObject>(what: ReturnType<typeof resource>, name: string, namespace?: string) {
      try {
        return (await store.get(refOf(what, name, namespace))).object as T;
      } catch (error) {
        if (hasCode(error, 'NotFound')) return undefined;
        throw error;
      }
    },
    async change<T extends KubeObject>(what: ReturnType<typeof resource>, name: string, change: (object: T) => void) {
      await store.update(refOf(what, name), (current) => {
        change(current as T);
        return current;
      });
    },
    async addNode(name, allocatable = { cpu: '4', memory: '8Gi', pods: '110' }) {
      nodes.add(name);
      await heartbeat(name);
      const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }];
      await cluster.create<Node>(NODES, { metadata: { name, labels: { 'kubernetes.io/hostname': name } }, status: { allocatable, capacity: allocatable, conditions } });
    },
    loopOver: (over, seed) => loopOf(openObjectStore({ table: over, cluster: store.cluster, clock, ids: seededIds(seed), wakeup: { wait: async () => undefined } }), over),
  };
  for (const name of ['default', 'kube-system']) await cluster.create(NAMESPACES, { metadata: { name } });
  return cluster;
}

export function deployment(name: string, replicas: number, { image = 'v1', cpu = '100m', ...spec }: { image?: string; cpu?: string } & Partial<NonNullable<Deployment['spec']>> = {}): Deployment {
  const labels = { app: name };
  const containers = [{ name: 'c', image, ports: [{ containerPort: 80, name: 'http' }], resources: { requests: { cpu } } }];
  return { metadata: { name, labels }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, ...spec } };
}

export function imagesOf(pods: Pod[]): string[] {
  return pods.map((pod) => pod.spec?.containers[0]?.image ?? '').sort();
}

async function heads(store: ObjectStore): Promise<string> {
  const resources = [PODS, NODES, NAMESPACES, SERVICES, DEPLOYMENTS, REPLICA_SETS, SLICES, ENDPOINTS, CONFIG_MAPS, PERSISTENT_VOLUMES, PERSISTENT_VOLUME_CLAIMS, REPLICATION_CONTROLLERS, JOBS, CRON_JOBS, STATEFUL_SETS, DAEMON_SETS];
  return (await Promise.all(resources.map((one) => store.revision(one)))).join();
}

async function runKubelets(store: ObjectStore, kubelet: Kubelet): Promise<boolean> {
  let acted = false;
  const { items } = await store.list(PODS, {});
  for (const { object } of items) {
    const pod = object as Pod;
    const { namespace = '', name = '' } = pod.metadata;
    const does = kubelet(pod);
    if (!pod.spec?.nodeName || does === 'silent') continue;
    if (does === 'succeeded' || does === 'failed') {
      acted = (await end(store, pod, does === 'failed' ? 'Failed' : 'Succeeded')) || acted;
      continue;
    }
    if (pod.metadata.deletionTimestamp !== undefined) {
      await store.delete({ resource: PODS, namespace, name }, { gracePeriodSeconds: 0 });
      acted = true;
    } else if (pod.status?.phase !== 'Running' || (does === 'ready' && !isPodReady(pod))) {
      await store.update({ resource: PODS, namespace, name }, (current) => runningPod(current, does === 'ready'), { subresource: 'status' });
      acted = true;
    }
  }
  return acted;
}

async function end(store: ObjectStore, pod: Pod, phase: string): Promise<boolean> {
  const { namespace = '', name = '', deletionTimestamp } = pod.metadata;
  const isEnded = pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
  if (!isEnded) await store.update({ resource: PODS, namespace, name }, (current) => ({ ...current, status: { ...(current as Pod).status, phase } }), { subresource: 'status' });
  if (deletionTimestamp !== undefined) await store.delete({ resource: PODS, namespace, name }, { gracePeriodSeconds: 0 });
  return !isEnded || deletionTimestamp !== undefined;
}

function runningPod(pod: Pod, isReady: boolean): Pod {
  const number = [...(pod.metadata.uid ?? '')].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 65_000, 7);
  const ip = `10.1.${number >> 8}.${number & 255}`;
  const conditions = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'Ready');
  conditions.push({ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: formatTime(Date.UTC(2026, 0, 1)) });
  return { ...pod, status: { ...pod.status, phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions } };
}

function allReady(): 'ready' {
  return 'ready';
}
