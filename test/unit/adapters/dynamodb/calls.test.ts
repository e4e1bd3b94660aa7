import { expect, test } from 'vitest';
import { Calls } from '#adapters/dynamodb/calls';
import { manualClock } from '#test/support/clock';
import { seededIds } from '#test/support/ids';

test.each([
  ['TransactionConflictException', { code: 'Unavailable', detail: { retryAfterSeconds: 1 } }],
  ['ValidationException', { name: 'ValidationException' }],
])('an update that ends with %s', async (name, failure) => {
  const client = { send: () => Promise.reject(Object.assign(new Error(name), { name })) };
  const calls = new Calls({ client, tableName: 'table', clock: manualClock(), ids: seededIds() });
  await expect(calls.update({ pk: 'p', sk: 's' }, 'ADD n :one', { values: { ':one': 1 } })).rejects.toMatchObject(failure);
});
