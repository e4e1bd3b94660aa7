import { afterAll, expect, test } from 'vitest';
import { localCluster } from '#test/support/local-cluster';

// First `up`s of several folders at the same moment. The simulated runtime: this is about ports and address ranges.
const clusters = ['one', 'other'].map((name) => localCluster(name));
afterAll(() => Promise.all(clusters.map((cluster) => cluster.remove())));

test('each comes up, at a port and with address ranges of its own', async () => {
  await Promise.all(clusters.map((cluster) => cluster.up('--runtime', 'simulated')));
  const all = clusters.map((cluster) => cluster.facts());
  for (const what of ['port', 'podCidr', 'serviceCidr', 'loadBalancerCidr'] as const) expect(new Set(all.map((facts) => facts[what])).size, what).toBe(clusters.length);
});
