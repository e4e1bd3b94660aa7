import { afterEach, beforeEach, expect, test } from 'vitest';
import { bootstrapCluster } from '#server/bootstrap/bootstrap';
import type { ServerDeps } from '#server/deps';
import { openObjectStore } from '#store/open';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { seededRandom } from '#test/support/ids';
import { slowTable } from '#test/support/slow-table';

let api: ApiServer;
beforeEach(async () => {
  api = await startApiServer({ bootstrap: false });
});
afterEach(() => api.close());

test.each([4, 8, 10])('several processes that begin with a new cluster at once all find it whole (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  const wakeup = { wait: async () => undefined };
  const processes = [1, 2, 3].map((): ServerDeps => {
    const table = slowTable(api.deps.table, random);
    return { ...api.deps, table, store: openObjectStore({ table, cluster: api.deps.store.cluster, clock: api.deps.clock, ids: api.deps.ids, wakeup }) };
  });
  await Promise.all(processes.map((deps) => bootstrapCluster(deps, { apiAddress: { ip: '10.0.0.1', port: 6443 } })));
  const { json } = await api.request('GET', '/api/v1/namespaces/default/services/kubernetes');
  expect(json.spec.clusterIP).toBe('10.96.0.1');
});
