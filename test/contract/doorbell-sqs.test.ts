import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLaterRing } from '#adapters/sqs/later-ring';
import { createRing } from '#adapters/sqs/ring';
import { decodeRing, type RingMessage } from '#adapters/sqs/ring-message';
import { systemClock } from '#client/clock';
import { doorbellContract } from './doorbell.contract.ts';

let server: FauxqsServer;
let client: SQSClient;
beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false });
  client = new SQSClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${server.port}`, useQueueUrlAsEndpoint: false, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

const queue = async (name: string, attributes: Record<string, string> = {}): Promise<string> => (await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }))).QueueUrl ?? '';

async function queues(): Promise<{ ringQueueUrl: string; laterQueueUrl: string }> {
  const name = randomUUID();
  return { ringQueueUrl: await queue(`${name}.fifo`, { FifoQueue: 'true' }), laterQueueUrl: await queue(name) };
}

// As the functions do: two pollers of the ring queue, as Lambda has several; what comes by the later queue is forwarded.
doorbellContract(async (handle) => {
  const urls = await queues();
  const ring = createRing({ client, ...urls });
  const stopped = new AbortController();
  const follow = async (QueueUrl: string, take: (message: RingMessage) => Promise<void>): Promise<void> => {
    while (!stopped.signal.aborted) {
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MaxNumberOfMessages: 10 }));
      const rings = Messages.map(({ Body = '' }) => decodeRing(Body)).filter((message) => message !== undefined);
      if (rings[0]) await take(rings[0]);
      for (const { ReceiptHandle } of Messages) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  };
  const following = [follow(urls.ringQueueUrl, handle), follow(urls.ringQueueUrl, handle), follow(urls.laterQueueUrl, ring.forward)];
  return {
    doorbell: { ...ring, ...createLaterRing({ client, clock: systemClock, ...urls }) },
    cluster: randomUUID(),
    close: async () => {
      stopped.abort();
      await Promise.all(following);
    },
  };
});

test('the second ring for the same commit is dropped, and so are all but one of those that came due together', async () => {
  const urls = await queues();
  const ring = createRing({ client, ...urls });
  const cluster = randomUUID();
  const at = { partition: `${cluster}/pods.`, revision: 9 };
  await ring.ring(cluster, at);
  await ring.ring(cluster, at);
  await ring.forward({ cluster, dueSeconds: 1_800_000_000 });
  await ring.forward({ cluster, dueSeconds: 1_800_000_000 });
  await ring.ring(cluster, { ...at, revision: 10 });
  expect(await countOf(urls.ringQueueUrl)).toBe(3);
});

test('a ring says whose log has grown; one for later, or for no commit, does not', async () => {
  const urls = await queues();
  const ring = createRing({ client, ...urls });
  await ring.ring('a', { partition: 'a/pods.', revision: 9 });
  await ring.ring('b');
  await ring.forward({ cluster: 'c', dueSeconds: 1_800_000_000 });
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: urls.ringQueueUrl, MaxNumberOfMessages: 10 }));
  expect(Messages.map(({ Body = '' }) => decodeRing(Body))).toEqual([{ cluster: 'a', partition: 'a/pods.' }, { cluster: 'b' }, { cluster: 'c' }]);
});

test('bursts that follow each other ask for one and the same ring', async () => {
  const urls = await queues();
  let nowMs = 1_800_000_000_250;
  const doorbell = createLaterRing({ client, clock: { now: () => nowMs, sleep: async () => undefined }, ...urls });
  const dueMs = nowMs + 4_000;
  for (; nowMs < dueMs - 3_000; nowMs += 333) await doorbell.ringLater('c', dueMs - nowMs);
  for (let burst = 0; burst < 3; burst++, nowMs += 20_000) await doorbell.ringLater('c', 3_600_000);
  const delayed = server.inspectQueue(urls.laterQueueUrl.split('/').pop() ?? '')?.messages.delayed ?? [];
  expect(new Set(delayed.map(({ body }) => decodeRing(body)?.dueSeconds)).size).toBe(2);
  expect(delayed).toHaveLength(7);
});

async function countOf(QueueUrl: string): Promise<number> {
  for (let count = 0; ; ) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return count;
    count += Messages.length;
    for (const { ReceiptHandle } of Messages) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
}
