import type { DynamoDBBatchResponse, DynamoDBRecord, SQSBatchItemFailure, SQSRecord } from 'aws-lambda';
import { committedAt } from '#adapters/dynamodb/stream-record';
import { createSqsClient } from '#adapters/sqs/client';
import { createRing, type Ring } from '#adapters/sqs/ring';
import { decodeRing } from '#adapters/sqs/ring-message';
import { isShortLived } from '#store/short-lived';
import { readEnvironment } from './environment.ts';
import { once } from './once.ts';
import { report } from './report.ts';

interface Rung {
  send: () => Promise<void>;
  /** The records that this one ring stands for. */
  ids: string[];
}

const opened = once(async () => createRing({ client: createSqsClient(), ringQueueUrl: readEnvironment('dispatch').ringQueue }));

/** Makes rings of what was committed (the table's stream) and of what has come due (the queue of delayed rings). Reads and writes nothing. */
export const handler = async (event: { Records: (DynamoDBRecord | SQSRecord)[] }): Promise<DynamoDBBatchResponse> => {
  const ring = await opened();
  const rungs = [...ringsByPartition(ring, event.Records.filter(isStreamRecord)), ...event.Records.filter(isMessage).flatMap((record) => forwarded(ring, record))];
  const failures = await Promise.all(rungs.map(failuresOf));
  return { batchItemFailures: failures.flat() };
};

// One ring for each log that has grown. The newest commit of a batch names it: when its writer has rung for it, SQS drops this one.
function ringsByPartition(ring: Ring, records: DynamoDBRecord[]): Rung[] {
  const rungs = new Map<string, Rung>();
  for (const { dynamodb } of records) {
    const at = committedAt(dynamodb?.Keys);
    if (at === undefined || isShortLived(at.partition)) continue;
    const ids = [...(rungs.get(at.partition)?.ids ?? []), dynamodb?.SequenceNumber ?? ''];
    rungs.set(at.partition, { ids, send: () => ring.ring(at.cluster, at) });
  }
  return [...rungs.values()];
}

function forwarded(ring: Ring, record: SQSRecord): Rung[] {
  const message = decodeRing(record.body);
  if (message !== undefined) return [{ ids: [record.messageId], send: () => ring.forward(message) }];
  report({ what: 'a message that is no ring', error: record.messageId });
  return [];
}

async function failuresOf({ send, ids }: Rung): Promise<SQSBatchItemFailure[]> {
  try {
    await send();
    return [];
  } catch (error) {
    report({ what: 'the doorbell did not ring', error });
    return ids.map((itemIdentifier) => ({ itemIdentifier }));
  }
}

function isStreamRecord(record: DynamoDBRecord | SQSRecord): record is DynamoDBRecord {
  return 'dynamodb' in record;
}

function isMessage(record: DynamoDBRecord | SQSRecord): record is SQSRecord {
  return 'body' in record;
}
