import { afterAll, beforeAll, describe } from 'vitest';
import { boundsContract, commitContract } from './table/commit.ts';
import { changesContract } from './table/changes.ts';
import { claimsContract } from './table/claims.ts';
import { concurrencyContract } from './table/concurrency.ts';
import { expiryContract } from './table/expiry.ts';
import { purgeContract } from './table/purge.ts';
import { snapshotContract } from './table/snapshot.ts';
import type { TableSubject } from './table/subject.ts';

/**
 * What every `Table` promises, for every adapter alike. One table serves the whole suite; each test has a cluster of its own in it.
 * There is no list of exceptions: an adapter that cannot do something here is not a Table.
 */
export function tableContract(name: string, open: () => Promise<TableSubject>): void {
  describe(`${name} keeps the contract of a table`, () => {
    let opened: TableSubject | undefined;
    const subject = (): TableSubject => {
      if (!opened) throw new Error('the table did not open');
      return opened;
    };
    const table = () => subject().table;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    describe('commit', () => commitContract(table));
    describe('bounds', () => boundsContract(table));
    describe('snapshot', () => snapshotContract(subject));
    describe('changes', () => changesContract(subject));
    describe('claims', () => claimsContract(table));
    describe('expiry', () => expiryContract(subject));
    describe('concurrency', () => concurrencyContract(table));
    describe('purge', () => purgeContract(table));
  });
}
