import { arn, WEBSOCKET_API_ID } from '../account.ts';
import { parametersOf, type Call } from '../endpoint/call.ts';

/** What somebody must be allowed to do, and to what. */
export interface Right {
  action: string;
  resource: string;
}

interface DynamoParameters {
  TableName?: string;
  RequestItems?: Record<string, unknown>;
  TransactItems?: Record<string, { TableName: string }>[];
}

// There is no right to a transaction: it takes those of its parts.
const PARTS: Record<string, string> = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'ConditionCheckItem', Get: 'GetItem' };

/** The rights that a call takes (Service Authorization Reference of each service). */
export function rightsOf(call: Call): Right[] {
  switch (call.service) {
    case 'dynamodb':
      return dynamoRights(call);
    case 'sqs': {
      const { QueueUrl, QueueName } = parametersOf<{ QueueUrl?: string; QueueName?: string }>(call);
      // What is done to ten messages at once takes the right to do it to one.
      return [{ action: `sqs:${call.operation.replace(/Batch$/, '')}`, resource: arn('sqs', QueueName ?? QueueUrl?.split('/').pop() ?? '') }];
    }
    case 'ssm':
      return [{ action: `ssm:${call.operation}`, resource: arn('ssm', `parameter${parametersOf<{ Name: string }>(call).Name}`) }];
    case 'execute-api': {
      const [, stage = '', ...rest] = call.path.split('/');
      return [{ action: 'execute-api:ManageConnections', resource: arn('execute-api', [WEBSOCKET_API_ID, stage, call.operation, ...rest].join('/')) }];
    }
    case 'sts':
      return [{ action: `sts:${call.operation}`, resource: parametersOf<{ RoleArn: string }>(call).RoleArn }];
  }
}

function dynamoRights(call: Call): Right[] {
  const { TableName, RequestItems = {}, TransactItems = [] } = parametersOf<DynamoParameters>(call);
  const right = (operation: string, table: string): Right => ({ action: `dynamodb:${operation}`, resource: arn('dynamodb', `table/${table}`) });
  if (TableName !== undefined) return [right(call.operation, TableName)];
  const parts = TransactItems.flatMap((item) => Object.entries(item).map(([kind, { TableName: table }]) => right(PARTS[kind] ?? kind, table)));
  return [...Object.keys(RequestItems).map((table) => right(call.operation, table)), ...parts];
}
