import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSqs, type Sqs } from './stand-ins/sqs.ts';

// The stand-in itself: what SQS refuses must be refused here too.
const HOST_URL = 'http://sqs.test';
let sqs: Sqs;
let fifo: string;
let standard: string;

beforeAll(async () => {
  sqs = await startSqs();
  fifo = await queueUrl('rings.fifo');
  standard = await queueUrl('later');
});
afterAll(() => sqs.close());

test.each(['n'.repeat(81), `${'n'.repeat(76)}.fifo`, 'a.b', ''])('no queue is called %s', async (QueueName) => {
  expect(await ask('CreateQueue', { QueueName })).toMatchObject({ status: 400 });
});

test('names of 80 characters and ids of 128 are the longest', async () => {
  expect(await ask('CreateQueue', { QueueName: 'n'.repeat(80) })).toMatchObject({ status: 200 });
  expect(await send({ QueueUrl: fifo, MessageGroupId: 'g'.repeat(128), MessageDeduplicationId: 'd'.repeat(128) })).toMatchObject({ status: 200 });
});

test.each([
  ['a group of 129 characters', () => ({ QueueUrl: fifo, MessageGroupId: 'g'.repeat(129), MessageDeduplicationId: 'd' })],
  ['a group with a space in it', () => ({ QueueUrl: fifo, MessageGroupId: 'a b', MessageDeduplicationId: 'd' })],
  ['an id of 129 characters', () => ({ QueueUrl: fifo, MessageGroupId: 'g', MessageDeduplicationId: 'd'.repeat(129) })],
  ['no group', () => ({ QueueUrl: fifo, MessageDeduplicationId: 'd' })],
  ['a delay of a single message of a FIFO queue', () => ({ QueueUrl: fifo, MessageGroupId: 'g', MessageDeduplicationId: 'd', DelaySeconds: 1 })],
  ['a delay of more than 15 minutes', () => ({ QueueUrl: standard, DelaySeconds: 901 })],
  ['more than 1 MB', () => ({ QueueUrl: standard, MessageBody: 'x'.repeat(1024 * 1024 + 1) })],
])('%s is refused', async (_what, message) => {
  expect(await send(message())).toMatchObject({ status: 400 });
});

test('a message keeps the trace header that it was sent with, for who asks for all attributes', async () => {
  await send({ QueueUrl: standard }, { 'x-amzn-trace-id': 'Lineage=a:1' });
  const received = async (parameters: object): Promise<object> => ((await ask('ReceiveMessage', { QueueUrl: standard, VisibilityTimeout: 0, ...parameters })) as unknown as { Messages: [object] }).Messages[0];
  expect(await received({})).not.toHaveProperty('Attributes');
  const all = await received({ AttributeNames: ['All'] });
  expect(all).toMatchObject({ Body: 'ring', Attributes: { AWSTraceHeader: 'Lineage=a:1' } });
  expect(all).not.toHaveProperty('MessageAttributes');
});

async function queueUrl(QueueName: string): Promise<string> {
  return ((await ask('CreateQueue', { QueueName })) as unknown as { QueueUrl: string }).QueueUrl;
}

function send(message: object, headers: Record<string, string> = {}): Promise<{ status: number }> {
  return ask('SendMessage', { MessageBody: 'ring', ...message }, headers);
}

async function ask(operation: string, parameters: object, headers: Record<string, string> = {}): Promise<{ status: number }> {
  const { status, body } = await sqs.answer({
    ...{ service: 'sqs', operation, accessKeyId: 'any', path: '/', hostUrl: HOST_URL, signal: new AbortController().signal },
    headers: { ...headers, 'x-amz-target': `AmazonSQS.${operation}` },
    body: Buffer.from(JSON.stringify(parameters)),
  });
  return { ...(JSON.parse(body) as object), status };
}
