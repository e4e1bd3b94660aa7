import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import type { LocalCluster } from './local-cluster.ts';

/** All that a cluster has on this machine outside of its folder; every list is empty once it is down. */
export interface HostFootprint {
  containers: string[];
  links: string[];
  routes: string[];
  rules: string[];
  mounts: string[];
  processes: string[];
}

/** Looked for by the cluster's own UID, address ranges and folder, not by the names that the code under test would use. */
export async function hostFootprint(cluster: Pick<LocalCluster, 'dataDir' | 'facts'>): Promise<HostFootprint> {
  const { uid, podCidr, serviceCidr, loadBalancerCidr } = cluster.facts();
  const inRanges = [podCidr, serviceCidr, loadBalancerCidr].map(covers);
  const isOurs = (line: string): boolean => [...line.matchAll(/\d+\.\d+\.\d+\.\d+/g)].some(([address]) => inRanges.some((covered) => covered(address)));
  const [containers, routes, addresses, rules] = await Promise.all([
    new Docker().listContainers({ all: true, filters: { label: [`dev.zeroplane.cluster=${uid}`] } }),
    printed('ip', ['route', 'show', 'table', 'all']),
    printed('ip', ['-oneline', 'address']),
    printed('iptables-save', []),
  ]);
  return {
    containers: containers.map(({ Id }) => Id).sort(),
    links: addresses.filter(isOurs),
    routes: routes.filter(isOurs),
    rules: rules.filter(isOurs),
    mounts: readFileSync('/proc/self/mounts', 'utf8').split('\n').filter((line) => line.includes(cluster.dataDir)),
    processes: processesOf(cluster.dataDir),
  };
}

/** The names of a cluster's devices and chains, as its own addresses show them while it is up. */
export function namesIn({ links, routes, rules }: HostFootprint): string[] {
  const devices = [...links, ...routes].flatMap((line) => /\b(?:dev|^\d+:) (zp\S+)/.exec(line)?.[1] ?? []);
  const chains = rules.flatMap((line) => /^-A (ZP-[0-9a-f]+)/.exec(line)?.[1] ?? []);
  return [...new Set([...devices, ...chains])].sort();
}

/** What of the host's links, rules and address families still says one of these names. */
export async function linesThatName(names: string[]): Promise<string[]> {
  const lines = (await Promise.all([printed('ip', ['-oneline', 'link']), printed('ip', ['route', 'show', 'table', 'all']), printed('iptables-save', []), printed('ip6tables-save', [])])).flat();
  return lines.filter((line) => names.some((name) => line.includes(name)));
}

function processesOf(dataDir: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.some((word) => word.startsWith(dataDir)) ? [words.join(' ')] : [];
      } catch {
        return []; // ended since
      }
    });
}

function covers(cidr: string): (address: string) => boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return (address) => Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

async function printed(program: string, args: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').filter((line) => line !== '');
}
