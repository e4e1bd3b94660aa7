import type { AwsJson } from '../endpoint/aws-json.ts';
import { pause, repeat, type Source } from './source.ts';

export interface StreamMappingOptions {
  streamArn: string;
  batchSize: number;
  maximumRetryAttempts: number;
  filter(record: unknown): boolean;
  dynamodb: AwsJson;
  invoke(event: unknown): Promise<unknown>;
  log(line: string): void;
}

export interface StreamRecord {
  dynamodb: { SequenceNumber: string };
}

interface Shard {
  ShardId: string;
  ParentShardId?: string;
}

const STREAMS = 'DynamoDBStreams_20120810';
// As Lambda does: four times a second, each shard for itself.
const POLL_MS = 250;
const SHARDS_MS = 5_000;
const RETRY_MS = 250;

/** Follows all shards of a table's stream, children after their parents, and hands what passes the filter to the function. */
export function followStream(options: StreamMappingOptions): Source {
  const readers = new Map<string, Source>();
  const done = new Set<string>();
  const discover = repeat(
    'the shards',
    async (signal) => {
      const { StreamDescription } = await options.dynamodb<{ StreamDescription: { Shards: Shard[] } }>(`${STREAMS}.DescribeStream`, { StreamArn: options.streamArn });
      const known = new Set(StreamDescription.Shards.map(({ ShardId }) => ShardId));
      for (const { ShardId, ParentShardId } of StreamDescription.Shards) {
        const isReady = ParentShardId === undefined || done.has(ParentShardId) || !known.has(ParentShardId);
        if (!readers.has(ShardId) && isReady) readers.set(ShardId, readShard(options, ShardId, () => done.add(ShardId)));
      }
      await pause(SHARDS_MS, signal);
    },
    options.log,
  );
  return {
    stop: async () => {
      await discover.stop();
      await Promise.all([...readers.values()].map((reader) => reader.stop()));
    },
  };
}

function readShard(options: StreamMappingOptions, shardId: string, onEnd: () => void): Source {
  let iterator: string | undefined;
  let lastRead: string | undefined;
  let isOpen = true;
  return repeat(
    `shard ${shardId}`,
    async (signal) => {
      if (!isOpen) return pause(SHARDS_MS, signal);
      const asked = iterator ?? (await shardIterator(options, shardId, lastRead));
      iterator = undefined; // one that is refused stays so: DynamoDB Local's of an empty shard, once another table was written to
      const page = await options.dynamodb<{ Records: StreamRecord[]; NextShardIterator?: string }>(`${STREAMS}.GetRecords`, { ShardIterator: asked });
      await deliver(options, page.Records, signal);
      lastRead = page.Records.at(-1)?.dynamodb.SequenceNumber ?? lastRead;
      iterator = page.NextShardIterator;
      isOpen = iterator !== undefined;
      if (!isOpen) onEnd();
      await pause(POLL_MS, signal);
    },
    options.log,
  );
}

async function shardIterator({ dynamodb, streamArn }: StreamMappingOptions, shardId: string, lastRead: string | undefined): Promise<string> {
  const from = lastRead === undefined ? { ShardIteratorType: 'TRIM_HORIZON' } : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: lastRead };
  const { ShardIterator } = await dynamodb<{ ShardIterator: string }>(`${STREAMS}.GetShardIterator`, { StreamArn: streamArn, ShardId: shardId, ...from });
  return ShardIterator;
}

async function deliver(options: StreamMappingOptions, records: StreamRecord[], signal: AbortSignal): Promise<void> {
  const passed = records.filter((record) => options.filter(record)).map((record) => ({ ...record, eventSourceARN: options.streamArn }));
  for (let at = 0; at < passed.length; at += options.batchSize) await deliverBatch(options, passed.slice(at, at + options.batchSize), signal);
}

// After the last attempt the records are given up: a shard must not stand still for ever.
async function deliverBatch(options: StreamMappingOptions, batch: StreamRecord[], signal: AbortSignal): Promise<void> {
  let rest = batch;
  let attempts = 0;
  while (attempts <= options.maximumRetryAttempts && rest.length > 0 && !signal.aborted) {
    try {
      attempts += 1;
      rest = unhandled(rest, await options.invoke({ Records: rest }));
    } catch (error) {
      if (error instanceof Error && error.name === 'Throttled') attempts -= 1; // waits for room, and is no attempt
    }
    if (rest.length > 0) await pause(RETRY_MS, signal);
  }
}

function unhandled(records: StreamRecord[], answer: unknown): StreamRecord[] {
  const failures = (answer as { batchItemFailures?: { itemIdentifier: string }[] } | null)?.batchItemFailures ?? [];
  const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
  const first = records.findIndex((record) => failed.has(record.dynamodb.SequenceNumber));
  return first < 0 ? [] : records.slice(first);
}
