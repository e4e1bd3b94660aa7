import { DeleteTableCommand, DescribeTableCommand, DynamoDBClient, paginateListTables, ResourceNotFoundException, UpdateTableCommand, waitUntilTableExists, waitUntilTableNotExists } from '@aws-sdk/client-dynamodb';
import { DeleteQueueCommand, paginateListQueues, QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import { DeleteParameterCommand, GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { nodeQueuePrefix, secretsParameter } from '#lambda/names';
import { asking, type Account } from './account.ts';

/** What an installation has beside its stack: its data, which outlives it, and what was made at run time. */
export interface KeptData {
  /** Of this installation, which may be in a restored table with a name of its own, and of those of its name before. */
  tables(own?: string): Promise<Table[]>;
  /** The CA and the signing keys, without which the data is of no use. */
  secrets(): Promise<string | undefined>;
  removeTable(name: string): Promise<void>;
  removeSecrets(): Promise<void>;
  removeNodeQueues(cluster: string): Promise<void>;
}

export interface Table {
  name: string;
  bytes: number;
}

const DELETION_SECONDS = 300;
const QUEUES_PER_PAGE = 1000;

export function openKeptData({ clients }: Account, name: string): KeptData {
  const dynamodb = new DynamoDBClient(clients);
  const sqs = new SQSClient(clients);
  const ssm = new SSMClient(clients);
  const secrets = { Name: secretsParameter(name) };
  const ask = <T>(call: () => Promise<T>): Promise<T> => asking(clients, call);

  return {
    tables: (own) =>
      ask(async () => {
        const found: Table[] = [];
        for (const table of (await tableNames(dynamodb)).filter((table) => table === own || isTableOf(name, table))) {
          const { Table: described } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
          found.push({ name: table, bytes: described?.TableSizeBytes ?? 0 });
        }
        return found;
      }),
    secrets: () => ask(() => unlessMissing(async () => (await ssm.send(new GetParameterCommand(secrets))).Parameter?.Name)),
    removeTable: (TableName) =>
      ask(async () => {
        await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
        await waitUntilTableExists({ client: dynamodb, maxWaitTime: DELETION_SECONDS }, { TableName }); // a table that is being changed is not deleted
        await dynamodb.send(new DeleteTableCommand({ TableName }));
        await waitUntilTableNotExists({ client: dynamodb, maxWaitTime: DELETION_SECONDS }, { TableName });
      }),
    removeSecrets: async () => void (await ask(() => unlessMissing(() => ssm.send(new DeleteParameterCommand(secrets))))),
    removeNodeQueues: (cluster) =>
      ask(async () => {
        const queues: string[] = [];
        for await (const { QueueUrls = [] } of paginateListQueues({ client: sqs, pageSize: QUEUES_PER_PAGE }, { QueueNamePrefix: nodeQueuePrefix(cluster) })) queues.push(...QueueUrls);
        for (const QueueUrl of queues) await unlessMissing(() => sqs.send(new DeleteQueueCommand({ QueueUrl })));
      }),
  };
}

async function tableNames(client: DynamoDBClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) names.push(...TableNames);
  return names;
}

/** CloudFormation names it after its stack and after the template's name of it, which CDK ends with eight digits of a digest. */
export function isTableOf(stack: string, table: string): boolean {
  return new RegExp(`^${stack}-StorageTable[0-9A-F]{8}-[0-9A-Za-z]+$`).test(table);
}

async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ParameterNotFound || error instanceof QueueDoesNotExist || error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
