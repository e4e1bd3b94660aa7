import { join } from 'node:path';
import { inject } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { kubectl, type KubectlOptions } from '../support/kubectl.ts';
import { startEmulator, type Emulator, type EmulatorOptions } from './emulator.ts';
import { readFaults } from './faults.ts';
import { joinNode } from './node.ts';
import { loadTemplate, type Template } from './template/load.ts';

export interface Account extends Emulator {
  /** As the administrator. */
  kubectl(args: string[], options?: KubectlOptions): Promise<string>;
}

export interface AccountOptions extends Pick<EmulatorOptions, 'address' | 'observe'> {
  faults?: string[];
  /** 0, and so never, where nothing else is said: what is to be seen is what works without it. */
  tickSeconds?: number;
  template?: Template;
  /** Whether a worker joins, with the simulated runtime. */
  withNode?: boolean;
}

export function synthesised(): Template {
  return loadTemplate(inject('synthesised'));
}

/** The template without one of its resources. */
export function without(...ids: string[]): Template {
  const template = synthesised();
  for (const id of ids) {
    const found = Object.keys(template.Resources).find((name) => name.startsWith(id));
    if (found === undefined) throw new Error(`the template has no ${id}`);
    delete template.Resources[found];
  }
  return template;
}

/** An emulated account of its own for one test. */
export async function openAccount({ faults = [], tickSeconds = 0, template = synthesised(), withNode = true, ...rest }: AccountOptions = {}): Promise<Account> {
  const folder = temporaryFolder('aws');
  const emulator = await startEmulator({ template, dataDir: folder.path, dynamodbUrl: inject('dynamodbUrl'), tickSeconds, faults: readFaults(faults), ...rest });
  const kubeconfig = emulator.writeKubeconfig();
  const server = { url: emulator.url, caFile: emulator.caFile, adminToken: emulator.adminToken };
  const node = withNode ? await joinNode({ name: 'worker', runtime: 'simulated', folder: join(folder.path, 'node'), clusterUid: emulator.clusterUid, server }) : undefined;
  return {
    ...emulator,
    kubectl: (args, options = {}) => kubectl(args, { kubeconfig, ...options }),
    async close() {
      await node?.stop();
      await emulator.close();
      folder.remove();
    },
  };
}
