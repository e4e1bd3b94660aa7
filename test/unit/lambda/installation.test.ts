import { expect, test } from 'vitest';
import { openControllerLoops } from '#lambda/controller-loop';
import { ensureContents } from '#lambda/installation';
import type { Secrets } from '#lambda/secrets';
import type { Storage } from '#lambda/storage';
import { DEFAULT_NETWORK } from '#lambda/configuration';
import { startApiServer } from '#test/support/api-server';
import { tableAround } from '#test/support/table-around';

const RECORD = { name: 'shop', uid: 'c0ffee00-0000-4000-8000-000000000000', owner: 'admin', createdAtMs: 0, network: DEFAULT_NETWORK };

test('in a table that was restored under another name no loop runs until the api has made the cluster whole, once', async () => {
  const server = await startApiServer({ bootstrap: false });
  const restored: string[] = [];
  const storageIn = (tableName: string): Storage => ({
    table: { ...tableAround(server.deps.table, (call) => call()), settle: async () => undefined, restore: async (cluster) => void restored.push(cluster) },
    tableName,
    storeOf: () => server.deps.store,
  });
  const secrets = async (): Promise<Secrets> => ({ authority: { certificate: 'the CA', privateKey: '' }, signingKeys: [] });
  const open = (storage: Storage): Promise<void> => ensureContents(server.deps, RECORD, { secrets, storage });
  const hasLoop = async (storage: Storage): Promise<boolean> => (await openControllerLoops(storage, { doorbell: { ...server.deps.doorbell, ringLater: async () => undefined }, nodeChannel: server.nodeChannel }).loopOf(RECORD.uid)) !== undefined;

  await open(storageIn('first'));
  expect(await hasLoop(storageIn('first'))).toBe(true);
  expect(await hasLoop(storageIn('restored'))).toBe(false);
  await open(storageIn('restored'));
  await open(storageIn('restored'));
  expect(restored).toEqual([RECORD.uid]);
  expect(await hasLoop(storageIn('restored'))).toBe(true);
  await server.close();
});
