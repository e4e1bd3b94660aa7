import type { DynamoDBRecord } from 'aws-lambda';
import { committedAt, type CommittedAt } from '#adapters/dynamodb/stream-record';
import { isShortLived } from '#store/short-lived';

export interface GrownLog {
  /** The newest commit to it. */
  at: CommittedAt;
  /** The records that it stands for. */
  ids: string[];
}

/**
 * Each log that has grown, once. Records come from several shards, in no order: only the highest revision may stand for the others, because
 * whoever has read it has read all below it, while a ring for a lower one may be its writer's own, which was answered before the higher came.
 */
export function grownLogs(records: readonly DynamoDBRecord[]): GrownLog[] {
  const grown = new Map<string, GrownLog>();
  for (const { dynamodb } of records) {
    const at = committedAt(dynamodb?.Keys);
    if (at === undefined || isShortLived(at.partition)) continue;
    const { at: newest = at, ids = [] } = grown.get(at.partition) ?? {};
    grown.set(at.partition, { at: at.revision > newest.revision ? at : newest, ids: [...ids, dynamodb?.SequenceNumber ?? ''] });
  }
  return [...grown.values()];
}
