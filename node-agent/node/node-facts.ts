import { readFileSync, statfsSync } from 'node:fs';
import { networkInterfaces, hostname } from 'node:os';
import type { RuntimeInfo } from '../runtime/runtime.ts';

/** What this machine is, as its Node object says. */
export interface NodeFacts {
  name: string;
  runtime: RuntimeInfo;
  addresses: { type: 'InternalIP' | 'ExternalIP' | 'Hostname'; address: string }[];
  labels: Record<string, string>;
  machineId: string;
  bootId: string;
  ephemeralStorageBytes: number;
  maxPods: number;
  podCidr: string;
}

export function nodeFacts(options: { name: string; runtime: RuntimeInfo; hostIp: string; externalIp?: string; dataDir: string; labels?: Record<string, string>; podCidr: string; maxPods?: number }): NodeFacts {
  return {
    name: options.name,
    runtime: options.runtime,
    addresses: [
      { type: 'InternalIP', address: options.hostIp },
      ...(options.externalIp === undefined ? [] : [{ type: 'ExternalIP' as const, address: options.externalIp }]),
      { type: 'Hostname', address: options.name },
    ],
    labels: options.labels ?? {},
    machineId: readOr('/etc/machine-id', hostname()),
    bootId: readOr('/proc/sys/kernel/random/boot_id', ''),
    ephemeralStorageBytes: diskBytes(options.dataDir),
    maxPods: options.maxPods ?? 110,
    podCidr: options.podCidr,
  };
}

/** The address that this machine has towards others: the first that is not loopback, nor of a bridge. */
export function defaultHostIp(): string {
  const candidates = Object.entries(networkInterfaces())
    .filter(([name]) => !/^(lo|docker|br-|veth|virbr|zp)/.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal);
  return candidates[0]?.address ?? '127.0.0.1';
}

function readOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return fallback;
  }
}

function diskBytes(folder: string): number {
  try {
    const { blocks, bsize } = statfsSync(folder);
    return blocks * bsize;
  } catch {
    return 0;
  }
}
