import { randomUUID } from 'node:crypto';
import { GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { refusedBy, type Assumption, type ProbedAccount } from './assumption.ts';

// Items of the installation's own table that belong to no cluster.
const PARTITION = 'probe';
const ROUNDS = 50;

export const SERVICES: Assumption[] = [
  {
    name: 'transactions',
    weAssume: 'of two that meet one is refused whole, as a conflict',
    source: 'DynamoDB Developer Guide, Transactions: conflict handling',
    async ask(account) {
      const writers = Array.from({ length: 20 }, (_, i) => writePair(account, i).then(() => 'written', (error: unknown) => (error as Error).name));
      const outcomes = await Promise.all(writers);
      const strange = outcomes.filter((name) => !['written', 'TransactionCanceledException', 'TransactionConflictException', 'ThrottlingException'].includes(name));
      const [a, b] = await readPair(account);
      if (strange.length > 0 || a !== b) throw new Error(`outcomes ${[...new Set(outcomes)].join(', ')}; the items say ${a} and ${b}`);
      return `${outcomes.filter((name) => name !== 'written').length} of 20 at once were refused`;
    },
  },
  {
    name: 'torn reads',
    weAssume: 'a strong query may see one half of a transaction: readers must not rely on it either way',
    source: 'DynamoDB Developer Guide, Transactions: isolation levels',
    async ask(account) {
      let torn = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const [, [a, b]] = await Promise.all([writePair(account, 100 + round), readPair(account)]);
        if (a !== b) torn += 1;
      }
      return `${torn} of ${ROUNDS} saw one half`;
    },
  },
  {
    name: 'stale reads',
    weAssume: 'an eventual read may be older than the last write',
    source: 'DynamoDB Developer Guide, Read consistency',
    async ask({ clients: { dynamodb }, table }) {
      let stale = 0;
      for (let round = 0; round < ROUNDS; round++) {
        await dynamodb.send(new PutItemCommand({ TableName: table, Item: { ...keyOf('single'), n: { N: String(round) } } }));
        const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key: keyOf('single') }));
        if (Item?.['n']?.N !== String(round)) stale += 1;
      }
      return `${stale} of ${ROUNDS} were`;
    },
  },
  {
    name: 'queue deduplication',
    weAssume: 'a FIFO queue drops a message whose deduplication id it has had within five minutes',
    source: 'SQS Developer Guide, Exactly-once processing',
    ask: ({ clients: { sqs } }) =>
      withQueue(sqs, `zeroplane-probe-${randomUUID()}.fifo`, async (QueueUrl) => {
        for (const MessageBody of ['first', 'second']) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: 'g', MessageDeduplicationId: 'same' }));
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }));
        if (Messages.map(({ Body }) => Body).join() !== 'first') throw new Error(`${Messages.length} messages came`);
        return 'the second was dropped';
      }),
  },
  {
    name: 'queue names',
    weAssume: "a queue's name has at most 80 characters",
    source: 'SQS Developer Guide, Quotas',
    async ask({ clients: { sqs } }) {
      const name = `zeroplane-probe-${randomUUID()}-`.padEnd(80, 'x');
      await withQueue(sqs, name, async () => undefined);
      return refusedBy(withQueue(sqs, `${name}x`, async () => undefined), ['InvalidParameterValue', 'InvalidParameterValueException']);
    },
  },
  {
    name: 'parameter size',
    weAssume: 'a parameter of the standard tier has at most 4096 characters',
    source: 'Systems Manager User Guide, Parameter tiers',
    ask: ({ clients: { ssm } }) => refusedBy(ssm.send(new PutParameterCommand({ Name: `/zeroplane-probe/${randomUUID()}`, Value: 'x'.repeat(4097), Type: 'String', Tier: 'Standard' })), ['ValidationException']),
  },
];

function keyOf(sk: string): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: PARTITION }, sk: { S: sk } };
}

async function writePair({ clients: { dynamodb }, table }: ProbedAccount, n: number): Promise<void> {
  const items = ['a', 'b'].map((sk) => ({ Put: { TableName: table, Item: { ...keyOf(sk), n: { N: String(n) } } } }));
  await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items }));
}

async function readPair({ clients: { dynamodb }, table }: { clients: { dynamodb: DynamoDBClient }; table: string }): Promise<(string | undefined)[]> {
  const { Items = [] } = await dynamodb.send(new QueryCommand({ TableName: table, KeyConditionExpression: 'pk = :pk AND sk < :c', ExpressionAttributeValues: { ':pk': { S: PARTITION }, ':c': { S: 'c' } }, ConsistentRead: true }));
  return Items.map(({ n }) => n?.N);
}

async function withQueue<T>(sqs: SQSClient, QueueName: string, use: (url: string) => Promise<T>): Promise<T> {
  const Attributes = QueueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  try {
    return await use(QueueUrl);
  } finally {
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  }
}
