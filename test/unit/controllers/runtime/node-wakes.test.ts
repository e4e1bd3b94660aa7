import { expect, test } from 'vitest';
import { CONFIG_MAPS, PODS } from '#controllers/resources';
import { createNodeWakes } from '#controllers/runtime/node-wakes';
import type { ObjectChange } from '#controllers/runtime/object-change';
import type { KubeObject } from '#api/object';
import type { Pod } from '#api/schema/kinds.generated';

const podOn = (nodeName: string, configMap: string): Pod => ({ metadata: { name: nodeName, namespace: 'ns' }, spec: { nodeName, containers: [], volumes: [{ name: 'v', configMap: { name: configMap } }] } });
const change = (name: string, object: KubeObject | undefined, more: Partial<ObjectChange<KubeObject>> = {}): ObjectChange<KubeObject> => ({ key: `ns/${name}`, namespace: 'ns', name, object, previous: undefined, by: undefined, ...more });

const NEW = { isLeft: false };

async function woken(see: (wakes: ReturnType<typeof createNodeWakes>) => void): Promise<string[]> {
  const rung: string[] = [];
  const pods = [podOn('n1', 'settings'), podOn('n2', 'settings'), podOn('n3', 'other')];
  const wakes = createNodeWakes({
    cluster: 'c',
    nodeChannel: { wake: async (_cluster, node) => void rung.push(node) },
    nodeNames: async () => ['n1', 'n2', 'n3'],
    podsIn: async (namespace) => pods.filter((pod) => pod.metadata.namespace === namespace),
    onError: (error) => {
      throw error;
    },
  });
  see(wakes);
  await wakes.settled();
  return rung.sort();
}

test('a changed, created or deleted ConfigMap wakes the nodes whose pods refer to it, each once', async () => {
  const object = { metadata: { name: 'settings', namespace: 'ns' } };
  expect(await woken((wakes) => [1, 2].forEach(() => wakes.changeSeen(CONFIG_MAPS, change('settings', object), NEW)))).toEqual(['n1', 'n2']);
  expect(await woken((wakes) => wakes.changeSeen(CONFIG_MAPS, change('settings', undefined, { previous: object }), NEW))).toEqual(['n1', 'n2']);
  expect(await woken((wakes) => wakes.changeSeen(CONFIG_MAPS, change('unused', object), NEW))).toEqual([]);
});

test('a pod wakes its own node, but not for the status that comes from there', async () => {
  const pod = podOn('n3', 'other');
  expect(await woken((wakes) => wakes.changeSeen(PODS, change('n3', pod), NEW))).toEqual(['n3']);
  expect(await woken((wakes) => wakes.changeSeen(PODS, change('n3', { ...pod, status: { phase: 'Running' } }, { previous: pod }), NEW))).toEqual([]);
});

test('what the loop itself has written wakes at the commit, and once more only when the burst that wrote it may have died before', async () => {
  const bound = change('n3', podOn('n3', 'other'), { by: 'loop' });
  expect(await woken((wakes) => wakes.changeSeen(PODS, bound, NEW))).toEqual([]);
  expect(await woken((wakes) => wakes.changeSeen(PODS, bound, { isLeft: true }))).toEqual(['n3']);
});
