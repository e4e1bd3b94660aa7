import type { Partition, Revision } from '#ports/table';
import { revisionOf } from './layout.ts';

export interface CommittedAt {
  cluster: string;
  partition: Partition;
  revision: Revision;
}

const LOG = '#log';

/** Where in which log a record of the table's stream was committed, by its keys; undefined for anything but a log entry. */
export function committedAt(keys: { pk?: { S?: string }; sk?: { S?: string } } | undefined): CommittedAt | undefined {
  const pk = keys?.pk?.S ?? '';
  const sk = keys?.sk?.S ?? '';
  if (!pk.endsWith(LOG) || !/^\d+$/.test(sk)) return undefined;
  const partition = pk.slice(0, -LOG.length);
  return { cluster: partition.slice(0, partition.indexOf('/')), partition, revision: revisionOf({ pk, sk }) };
}
