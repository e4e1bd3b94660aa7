import { get } from 'node:http';
import { kubectl, type KubectlOptions } from '#test/support/kubectl';
import { eventually } from '#test/support/eventually';

/** A namespace for one test file, and kubectl bound to it. */
export interface TestNamespace {
  name: string;
  kubectl(args: string[], options?: KubectlOptions): Promise<string>;
  json<T>(args: string[]): Promise<T>;
  remove(): Promise<void>;
}

export async function createNamespace(purpose: string): Promise<TestNamespace> {
  const name = `e2e-${purpose}-${process.pid}`;
  await kubectl(['create', 'namespace', name]);
  await eventually(`default service account of ${name}`, () => kubectl(['get', 'serviceaccount', 'default', '-n', name]));
  const run = (args: string[], options: KubectlOptions = {}) => kubectl(args, { ...options, namespace: name });
  return {
    name,
    kubectl: run,
    async json<T>(args: string[]) {
      return JSON.parse(await run([...args, '-o', 'json'])) as T;
    },
    async remove() {
      await kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found']);
    },
  };
}

/** Waits until `kubectl describe` tells all of it: events are written beside the status, not with it. */
export async function eventuallyTold(namespace: TestNamespace, object: string, sentences: RegExp[]): Promise<void> {
  await eventually(`${object} tells ${sentences.join(' and ')}`, async () => {
    const described = await namespace.kubectl(['describe', object]);
    return sentences.every((sentence) => sentence.test(described));
  });
}

/** One GET on a connection of its own (not by fetch, which refuses ports such as 6000); undefined while nobody answers. */
export function answerOf(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(`http://${address}/`, { agent: false, timeout: 2000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body.trim()));
      response.on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}
