import type { AwsJson } from '../endpoint/aws-json.ts';

interface StreamRecord {
  dynamodb: { Keys: object };
}
interface Shard {
  ShardId: string;
  ParentShardId?: string;
}
interface Asked {
  ShardId: string;
  ShardIterator: string;
}

const STREAMS = 'DynamoDBStreams_20120810';

/**
 * Streams as a busy table has them: each shard of DynamoDB Local's is seen as several, each with its part of the items, and each now and then behind
 * the others. So the records of one item keep their order, and no others.
 */
export function splitShards(dynamodb: AwsJson, { parts, random }: { parts: number; random: () => number }): AwsJson {
  const numbers = Array.from({ length: parts }, (_, n) => n);
  const ask = async <T>(operation: string, body: object, signal?: AbortSignal): Promise<T> => dynamodb<T>(`${STREAMS}.${operation}`, body, signal);

  async function describe(body: object, signal?: AbortSignal): Promise<object> {
    const { StreamDescription } = await ask<{ StreamDescription: { Shards: Shard[] } }>('DescribeStream', body, signal);
    const partOf = ({ ShardId, ParentShardId }: Shard, n: number): Shard => ({ ShardId: joined(n, ShardId), ...(ParentShardId !== undefined && { ParentShardId: joined(n, ParentShardId) }) });
    return { StreamDescription: { ...StreamDescription, Shards: StreamDescription.Shards.flatMap((shard) => numbers.map((n) => partOf(shard, n))) } };
  }

  async function iterator({ ShardId, ...body }: Asked, signal?: AbortSignal): Promise<object> {
    const [part, shard] = split(ShardId);
    const { ShardIterator } = await ask<Asked>('GetShardIterator', { ...body, ShardId: shard }, signal);
    return { ShardIterator: joined(part, ShardIterator) };
  }

  async function records({ ShardIterator }: Asked, signal?: AbortSignal): Promise<object> {
    if (random() < 0.5) return { Records: [], NextShardIterator: ShardIterator };
    const [part, asked] = split(ShardIterator);
    const { Records, NextShardIterator } = await ask<{ Records: StreamRecord[]; NextShardIterator?: string }>('GetRecords', { ShardIterator: asked }, signal);
    return { Records: Records.filter((record) => partOf(record, parts) === part), ...(NextShardIterator !== undefined && { NextShardIterator: joined(part, NextShardIterator) }) };
  }

  const answers: Record<string, (body: never, signal?: AbortSignal) => Promise<object>> = { DescribeStream: describe, GetShardIterator: iterator, GetRecords: records };
  return async <T>(target: string, body: object, signal?: AbortSignal): Promise<T> => {
    const answer = answers[target.replace(`${STREAMS}.`, '')];
    return answer ? ((await answer(body as never, signal)) as T) : dynamodb<T>(target, body, signal);
  };
}

function joined(part: number, name: string): string {
  return `${part} ${name}`;
}

function split(name: string): [part: number, name: string] {
  const end = name.indexOf(' ');
  return [Number(name.slice(0, end)), name.slice(end + 1)];
}

function partOf({ dynamodb }: StreamRecord, parts: number): number {
  return [...JSON.stringify(dynamodb.Keys)].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 65_521, 7) % parts;
}
