import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

const CONNECT_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 5000;

/**
 * The only way to make a client for this adapter. `maxAttempts: 1` is part of the protocol (rule 7): the SDK's own retry of a commit
 * that did take effect comes back as "somebody else has this revision", and its retry of a reservation leaves a hole that nobody owns.
 */
export function createDynamoClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({ requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true }, ...config, maxAttempts: 1 });
}
