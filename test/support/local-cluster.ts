import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ApiClient } from '#client/api-client';
import { httpsTransport, type HttpsTransport } from '#client/https-transport';
import { eventually } from './eventually.ts';
import { temporaryFolder } from './folder.ts';
import { type Ran, type KubectlOptions, kubectl } from './kubectl.ts';
import { zeroplane } from './zeroplane.ts';

/**
 * A cluster of a test's own on this machine, by the command line that people use: own folder, free port. What `remove` cannot take away
 * is an error, so that a test never leaves containers or processes behind without saying so.
 */
export interface LocalCluster {
  dataDir: string;
  kubeconfig: string;
  /** `zeroplane COMMAND --data-dir DIR ...`, whatever its exit code. */
  zeroplane(command: 'up' | 'down' | 'status', ...args: string[]): Promise<Ran>;
  /** `up --detach`; anything but exit code 0 is an error. */
  up(...args: string[]): Promise<void>;
  /** As the administrator, whose token is in the folder; or with another's. */
  client(token?: string): ApiClient;
  kubectl(args: string[], options?: KubectlOptions): Promise<string>;
  facts(): ClusterFacts;
  file(path: string): string;
  /** Process id by the name under which `up` recorded it: `server`, `agent-NODE`. */
  pid(name: string): number;
  remove(): Promise<void>;
}

const ClusterFacts = z.object({ uid: z.string(), port: z.int(), podCidr: z.string(), serviceCidr: z.string(), loadBalancerCidr: z.string() });
type ClusterFacts = z.infer<typeof ClusterFacts>;

export function localCluster(purpose: string): LocalCluster {
  const folder = temporaryFolder(`local-${purpose}`);
  const transports: HttpsTransport[] = [];
  const file = (path: string): string => readFileSync(join(folder.path, path), 'utf8');
  const facts = (): ClusterFacts => ClusterFacts.parse(JSON.parse(file('cluster.json')));
  const kubeconfig = join(folder.path, 'kubeconfig');
  const run: LocalCluster['zeroplane'] = (command, ...args) => zeroplane([command, '--data-dir', folder.path, ...args]);
  const succeed = async (...words: Parameters<LocalCluster['zeroplane']>): Promise<void> => {
    const { code, stdout, stderr } = await run(...words);
    if (code !== 0) throw new Error(`zeroplane ${words.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  };
  return {
    dataDir: folder.path,
    kubeconfig,
    zeroplane: run,
    up: (...args) => succeed('up', '--detach', ...args),
    client: (token = file('admin.token').trim()) => {
      const transport = httpsTransport({ server: `https://127.0.0.1:${facts().port}`, ca: file('pki/ca.crt'), token });
      transports.push(transport);
      return new ApiClient(transport.send, transport.connect);
    },
    kubectl: (args, options = {}) => kubectl(args, { kubeconfig, ...options }),
    facts,
    file,
    pid: (name) => z.object({ pid: z.int() }).parse(JSON.parse(file(`run/${name}.json`))).pid,
    remove: async () => {
      for (const transport of transports) transport.close();
      await succeed('down', '--purge');
      folder.remove();
    },
  };
}

/** Ends a process at once, as a crash would, and waits until the kernel has it no more. */
export async function killHard(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await eventually(`process ${pid} is gone`, async () => !runs(pid), { intervalMs: 5 });
}

// A zombie, whose parent has not asked for it yet, runs no more.
export function runs(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
