import type { KubeObject } from '#api/object';
import { formatTime } from '#api/time';
import type { ApiClient } from '#client/api-client';
import { isAlreadyExists, isNotFound } from '#client/api-error';
import { NODES } from '#client/core-resources';
import type { Clock } from '../clock.ts';
import type { NodeFacts } from './node-facts.ts';

export interface Node extends KubeObject {
  spec?: { podCIDR?: string; podCIDRs?: string[]; unschedulable?: boolean };
  status?: { conditions?: NodeCondition[]; allocatable?: Record<string, string> };
}

interface NodeCondition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastHeartbeatTime: string;
  lastTransitionTime: string;
}

const KUBELET_VERSION = 'v1.36.3';

/** Makes this machine known, or tells what has changed about it; what others have written on its Node stays. */
export async function registerNode(client: ApiClient, facts: NodeFacts, clock: Clock): Promise<Node> {
  const node = (await existing(client, facts.name)) ?? (await create(client, facts));
  const labels = labelsOf(facts);
  const missing = Object.entries(labels).some(([label, value]) => node.metadata.labels?.[label] !== value);
  if (missing) await client.patch(NODES, { name: facts.name }, { type: 'application/merge-patch+json', body: { metadata: { labels } } });
  const status = nodeStatus(facts, node.status?.conditions ?? [], formatTime(clock.now()));
  return client.patch<Node>(NODES, { name: facts.name }, { type: 'application/merge-patch+json', body: { status } }, { subresource: 'status' });
}

async function existing(client: ApiClient, name: string): Promise<Node | undefined> {
  try {
    return await client.get<Node>(NODES, { name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function create(client: ApiClient, facts: NodeFacts): Promise<Node> {
  const spec = { podCIDR: facts.podCidr, podCIDRs: [facts.podCidr] };
  try {
    return await client.create<Node>(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: facts.name, labels: labelsOf(facts) }, spec });
  } catch (error) {
    if (isAlreadyExists(error)) return client.get<Node>(NODES, { name: facts.name });
    throw error;
  }
}

function labelsOf({ name, runtime, labels }: NodeFacts): Record<string, string> {
  const { architecture } = runtime;
  return { 'beta.kubernetes.io/arch': architecture, 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': architecture, 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels };
}

function nodeStatus(facts: NodeFacts, before: NodeCondition[], now: string): Record<string, unknown> {
  const { runtime } = facts;
  const memory = `${Math.floor(runtime.memoryBytes / 1024)}Ki`;
  const resources = { cpu: String(runtime.cpus), memory, pods: String(facts.maxPods), 'ephemeral-storage': `${Math.floor(facts.ephemeralStorageBytes / 1024)}Ki` };
  return {
    capacity: resources,
    allocatable: resources,
    conditions: conditions(before, now),
    addresses: facts.addresses,
    daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
    nodeInfo: {
      machineID: facts.machineId,
      systemUUID: facts.machineId,
      bootID: facts.bootId,
      kernelVersion: runtime.kernelVersion,
      osImage: runtime.osImage,
      containerRuntimeVersion: runtime.version,
      kubeletVersion: KUBELET_VERSION,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: runtime.architecture,
    },
  };
}

const OURS = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const;

function conditions(before: NodeCondition[], now: string): NodeCondition[] {
  const ours = OURS.map(([type, status, reason, message]) => {
    const last = before.find((condition) => condition.type === type);
    return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: last?.status === status ? last.lastTransitionTime : now };
  });
  return [...before.filter((condition) => !OURS.some(([type]) => type === condition.type)), ...ours];
}
