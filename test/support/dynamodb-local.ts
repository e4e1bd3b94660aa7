import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoClient } from '#adapters/dynamodb/client';
import { TABLE_DEFINITION } from '#adapters/dynamodb/definition';
import { startDynamoDbProcess } from './dynamodb-process.ts';

export interface DynamoDbLocal {
  endpoint: string;
  client: DynamoDBClient;
  /** A fresh table of ours. */
  createTable(name: string): Promise<string>;
  stop(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 40_000;

export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const { endpoint, stop } = await startDynamoDbProcess();
  // Java on a busy machine may be slower than the service ever is.
  const client = createDynamoClient({ requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS }, endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  return {
    endpoint,
    client,
    async createTable(name) {
      await client.send(new CreateTableCommand({ TableName: name, ...TABLE_DEFINITION }));
      return name;
    },
    async stop() {
      client.destroy();
      await stop();
    },
  };
}
