import { eventually } from '#test/support/eventually';
import { INSPECTOR } from '#test/support/images';
import type { TestNamespace } from './namespace.ts';

/** A pod whose containers say what they see, asked over its own address. */
export interface InspectedPod {
  /** What the container that listens at `port` answers to `/question?about`; its failure is an answer too. */
  ask(question: string, about?: string, port?: number): Promise<string>;
}

const PORT = 8080;

export const inspectorContainer = (name: string, more: object = {}) => ({ name, image: INSPECTOR, imagePullPolicy: 'Never', ...more });

/** Applies the pod and waits until it runs, ready or not. */
export async function runInspected(namespace: Pick<TestNamespace, 'kubectl'>, pod: { name: string; labels?: Record<string, string>; spec: object }): Promise<InspectedPod> {
  const { name, labels = {}, spec } = pod;
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { terminationGracePeriodSeconds: 1, ...spec } };
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
  const ip = await eventually(`an address of pod ${name}`, async () => {
    const [phase, address] = (await namespace.kubectl(['get', 'pod', name, '-o', 'jsonpath={.status.phase} {.status.podIP}'])).split(' ');
    return phase === 'Running' && address;
  });
  return {
    ask: (question, about = '', port = PORT) =>
      eventually(`pod ${name} answers`, async () => {
        const response = await fetch(`http://${ip}:${port}/${question}?${encodeURIComponent(about)}`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3000) });
        return response.text();
      }),
  };
}
