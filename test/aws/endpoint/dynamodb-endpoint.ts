import { connectDynamoDb } from '../stand-ins/dynamodb.ts';
import type { Wire } from './call.ts';
import { openEndpoint, type Endpoint } from './endpoint.ts';

/** An account that has nothing but DynamoDB. */
export async function openDynamoDbEndpoint(dynamodbUrl: string, wires: Wire[]): Promise<Endpoint> {
  const database = connectDynamoDb(dynamodbUrl);
  const absent = (): never => {
    throw new Error('nothing but DynamoDB is called here');
  };
  const { url, close } = await openEndpoint({ services: { dynamodb: database.answer, sqs: absent, ssm: absent, sts: absent, 'execute-api': absent }, wires });
  return {
    url,
    async close() {
      await close();
      database.close();
    },
  };
}
