import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openAccount, type Account } from './open-account.ts';
import { rareCalls } from './rare-calls.ts';
import { rolledOut } from './rollout.ts';

let account: Account;
beforeAll(async () => {
  account = await openAccount({ tickSeconds: 2 });
  const { read, write } = rareCalls(account);
  await account.kubectl(['create', 'deployment', 'web', '--image=example.test/web:1']);
  await rolledOut(account);
  await account.kubectl(['logs', 'deployment/web']);
  await Promise.all([write('Api'), write('Worker'), read('Tick')]);
});
afterAll(() => account.close());

test('nothing is done that is not granted', () => {
  expect(account.authority.denied()).toEqual([]);
});

// So without any one of them something is denied.
test('nothing is granted that is not used', async () => {
  const { granted, used } = account.authority;
  const unused = (): string[] => granted().filter((grant) => !used().includes(grant));
  await eventually('every right is used', async () => unused().length === 0).catch(() => undefined);
  expect(unused()).toEqual([]);
  expect(granted().length).toBeGreaterThan(30);
});
