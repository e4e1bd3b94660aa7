import { TransactWriteItemsCommand, type PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoClient } from '#adapters/dynamodb/calls';
import { createDynamoClient } from '#adapters/dynamodb/client';
import { createDynamoTable, type DynamoTable } from '#adapters/dynamodb/table';
import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import { ACCOUNT_KEY, REGION } from './account.ts';
import type { Account } from './open-account.ts';

const LARGE = new Uint8Array(20_000).map(() => Math.random() * 256);

export interface RareCalls {
  /** What a reader does after a writer of large objects has died: it voids, takes bodies away, retires others, raises the watermark. */
  read(roleId: string): Promise<void>;
  /** The same and what only writers do. */
  write(roleId: string): Promise<void>;
}

/** Calls that functions make only when something went wrong, made here by the adapter in their roles. */
export function rareCalls({ endpointUrl, callers, authority, tableName, clusterUid: cluster }: Account): RareCalls {
  const clientWith = (accessKeyId: string): DynamoDBClient => createDynamoClient({ endpoint: endpointUrl, region: REGION, credentials: { accessKeyId, secretAccessKey: 'secret', sessionToken: 'token' } });
  const tableOf = (client: DynamoClient): DynamoTable => createDynamoTable({ client, tableName, clock: systemClock, ids: systemIds });
  const inRole = (roleId: string): DynamoTable => {
    const role = authority.roles().find(({ id }) => id.startsWith(roleId));
    if (role === undefined) throw new Error(`no role ${roleId}`);
    const accessKeyId = callers.newKey(role.id);
    callers.add(accessKeyId, { id: role.id, principal: { role, session: 'rare' }, kill: () => undefined });
    return tableOf(clientWith(accessKeyId));
  };
  const account = clientWith(ACCOUNT_KEY);

  const read = async (roleId: string): Promise<void> => {
    const partition = `${cluster}/rare.${roleId}`;
    const others = tableOf(account);
    const write = (table: DynamoTable, key: string, expect = 0): Promise<unknown> => table.commit({ writes: [{ partition, key, expect, value: LARGE }] });
    await write(others, 'kept');
    await write(others, 'kept', (await others.read(partition, 'kept'))?.revision);
    await new Promise<void>((died) => void write(tableOf(dyingAt(account, died)), 'lost'));
    await write(others, 'after');
    await inRole(roleId).settle(partition);
  };
  return {
    read,
    async write(roleId) {
      await read(roleId);
      await inRole(roleId).commit({ writes: [], claims: [{ cluster, key: `rare/${roleId}`, value: null }] });
    },
  };
}

// Its large body is written, its revision reserved; its commit never comes.
function dyingAt(real: DynamoDBClient, died: () => void): DynamoClient {
  const send = (command: unknown): Promise<unknown> => {
    if (!(command instanceof TransactWriteItemsCommand)) return real.send(command as PutItemCommand);
    died();
    return new Promise(() => undefined);
  };
  return { send } as DynamoClient;
}
