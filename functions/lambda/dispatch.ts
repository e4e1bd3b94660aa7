import type { DynamoDBBatchResponse, DynamoDBRecord, SQSBatchItemFailure, SQSRecord } from 'aws-lambda';
import { createSqsClient } from '#adapters/sqs/client';
import { createRing, type Ring } from '#adapters/sqs/ring';
import { decodeRing } from '#adapters/sqs/ring-message';
import { readEnvironment } from './environment.ts';
import { grownLogs } from './grown-logs.ts';
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
  const rungs = [...grownLogs(event.Records.filter(isStreamRecord)).map(({ at, ids }) => ({ ids, send: () => ring.ring(at.cluster, at) })), ...event.Records.filter(isMessage).flatMap((record) => forwarded(ring, record))];
  const failures = await Promise.all(rungs.map(failuresOf));
  return { batchItemFailures: failures.flat() };
};

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
