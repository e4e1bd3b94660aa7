import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import type { ConfigMap, Container, PersistentVolume, PersistentVolumeClaim, PodStatus, Secret } from '#api/schema/kinds.generated';
import { checkpointFolder } from '#node-agent/checkpoint/checkpoint-folder';
import { systemClock } from '#client/clock';
import { dockerPreparation } from '#node-agent/containers/docker-preparation';
import { directHost } from '#node-agent/host/direct-host';
import { pulledImages } from '#node-agent/images/pulled-images';
import { nodeNetworkParts } from '#node-agent/network/node-network';
import { nodeFolders } from '#node-agent/node-folders';
import { removeAll, settingsFile } from '#node-agent/remove-all';
import type { Pod } from '#node-agent/pod';
import { dockerRuntime } from '#node-agent/runtime/docker/docker-runtime';
import { podRefusal } from '#node-agent/sync/admission';
import { PodWorkers } from '#node-agent/sync/pod-workers';
import type { PodEvent } from '#node-agent/sync/sync-deps';
import type { ServiceAccountTokens } from '#node-agent/volumes/service-account-tokens';
import { BUSYBOX } from '#test/support/busybox-image';

export interface Reported {
  status: PodStatus;
  deleted: boolean;
}

/** The agent's sync on the machine's Docker engine and kernel, with the API's part played by the test. */
export class DockerNode {
  readonly clusterUid = randomUUID();
  readonly dataDir = mkdtempSync(join(tmpdir(), 'agent-'));
  readonly docker = new Docker();
  readonly configMaps = new Map<string, ConfigMap>();
  readonly secrets = new Map<string, Secret>();
  readonly claims = new Map<string, PersistentVolumeClaim>();
  readonly volumes = new Map<string, PersistentVolume>();
  readonly reported = new Map<string, Reported>();
  readonly events: PodEvent[] = [];
  readonly runtime = dockerRuntime({ docker: this.docker, owner: { clusterUid: this.clusterUid, nodeName: 'n1' }, host: directHost(), clock: systemClock });
  private readonly pods = new Map<string, Pod>();
  private workers: PodWorkers | undefined;
  private watching = new AbortController();

  /** Starts an agent over whatever is there, as after a start or a kill. */
  async start(): Promise<void> {
    const clock = systemClock;
    const host = directHost();
    const folders = nodeFolders(this.dataDir);
    // Out of a range for tests of networks, one part for each cluster.
    const part = parseInt(this.clusterUid.slice(0, 2), 16);
    const settings = { clusterUid: this.clusterUid, podCidr: `198.18.${part}.0/24`, clusterPodCidr: '198.18.0.0/16', serviceCidr: `198.19.${part}.0/25`, loadBalancerCidr: `198.19.${part}.128/25`, dnsIp: `198.19.${part}.10`, clusterDomain: 'cluster.local', maxParallelRequests: 16 };
    writeFileSync(settingsFile(this.dataDir), JSON.stringify(settings));
    const { network } = nodeNetworkParts({ settings, nodeName: 'n1', run: host.run, clock, log: () => undefined });
    const references = { configMap: async (_namespace: string, name: string) => this.configMaps.get(name), secret: async (_namespace: string, name: string) => this.secrets.get(name) };
    const events = { emit: (_pod: Pod, event: PodEvent) => void this.events.push(event) };
    const tokens = { token: async () => 'token', forget: () => undefined } as unknown as ServiceAccountTokens;
    const workers = new PodWorkers({
      runtime: this.runtime,
      runtimeName: 'docker',
      network,
      preparation: dockerPreparation({ folders, host, references, claims: { claim: async (_namespace, name) => this.claims.get(name), volume: async (name) => this.volumes.get(name) }, tokens, events, services: () => [], dns: () => network.dns, node: { nodeName: 'n1', hostIp: '192.0.2.1', allocatable: { cpu: '2', memory: '1073741824' }, memoryBytes: 2 ** 30 } }),
      images: pulledImages({ runtime: this.runtime, events, clock, credentials: async () => [], onUsed: () => undefined }),
      events,
      statuses: {
        report: (pod, status) => void this.reported.set(pod.metadata.name ?? '', { status, deleted: false }),
        confirmDeletion: async (pod) => void this.reported.set(pod.metadata.name ?? '', { status: this.statusOf(pod.metadata.name ?? ''), deleted: true }),
        forget: () => undefined,
      },
      checkpoints: checkpointFolder(folders.pods, () => undefined),
      clock,
      hostIp: '192.0.2.1',
      refusal: async (pod, others) => podRefusal(pod, { node: { metadata: { name: 'n1' } }, others }),
      log: () => undefined,
    });
    this.workers = workers;
    await workers.adopt([...this.pods.values()]);
    this.watching = new AbortController();
    void this.runtime.watch((uid) => workers.poke(uid), this.watching.signal);
  }

  /** What the agent does once a minute. */
  async relist(): Promise<void> {
    await this.workers?.relist();
  }

  /** As kill -9: nothing is tidied. */
  kill(): void {
    this.watching.abort();
    this.workers?.stop();
  }

  run(name: string, spec: Partial<Pod['spec']> & { containers: Container[] }): Pod {
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: randomUUID() }, spec: { terminationGracePeriodSeconds: 2, ...spec, containers: spec.containers.map(withImage), ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withImage) }) } };
    this.pods.set(name, pod);
    this.workers?.see({ type: 'ADDED', object: pod });
    return pod;
  }

  delete(name: string, gracePeriodSeconds = 2): void {
    const pod = this.pods.get(name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    const deleted = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date().toISOString(), deletionGracePeriodSeconds: gracePeriodSeconds } };
    this.pods.delete(name);
    this.workers?.see({ type: 'MODIFIED', object: deleted });
  }

  change(name: string, spec: Partial<Pod['spec']>): void {
    const pod = this.pods.get(name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    const grown: Pod = { ...pod, metadata: { ...pod.metadata, generation: (pod.metadata.generation ?? 1) + 1 }, spec: { ...pod.spec, ...spec } };
    this.pods.set(name, grown);
    this.workers?.see({ type: 'MODIFIED', object: grown });
  }

  /** The API forgets a pod while no agent listens. */
  forget(name: string): void {
    this.pods.delete(name);
  }

  statusOf(name: string): PodStatus {
    return this.reported.get(name)?.status ?? {};
  }

  async containers(name: string): Promise<Docker.ContainerInfo[]> {
    const found = await this.docker.listContainers({ all: true, filters: { label: [`dev.zeroplane.cluster=${this.clusterUid}`, `io.kubernetes.pod.name=${name}`] } });
    return found.sort((a, b) => a.Id.localeCompare(b.Id));
  }

  async logOf(name: string, container: string): Promise<string> {
    const found = (await this.containers(name)).find((info) => info.Labels['io.kubernetes.container.name'] === container);
    if (found === undefined) return '';
    const frames = await this.docker.getContainer(found.Id).logs({ stdout: true, stderr: true });
    let text = '';
    for (let at = 0; at < frames.length; ) {
      const length = frames.readUInt32BE(at + 4);
      text += frames.toString('utf8', at + 8, at + 8 + length);
      at += 8 + length;
    }
    return text;
  }

  async close(): Promise<void> {
    this.kill();
    await removeAll({ clusterUid: this.clusterUid, nodes: [{ name: 'n1', dataDir: this.dataDir }] });
  }
}

export function withImage(container: Container): Container {
  return { image: BUSYBOX, imagePullPolicy: 'IfNotPresent', ...container };
}
