import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

// Own grants instead of the construct library's: those add whole families of calls, and `ListStreams` on every table of the account.

const STORE_CALLS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchGetItem', 'BatchWriteItem', 'ConditionCheckItem'].map((call) => `dynamodb:${call}`);

/** All that the DynamoDB adapter calls; TransactWriteItems needs the rights of its parts. */
export function grantStore(grantee: IFunction, table: Table): void {
  allow(grantee, STORE_CALLS, [table.tableArn]);
}

export function grantStreamRead(grantee: IFunction, table: Table): void {
  allow(grantee, ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [table.tableStreamArn ?? '']);
  // Lambda's poller lists streams before it reads one; the call takes no narrower resource (Service Authorization Reference, DynamoDB).
  allow(grantee, ['dynamodb:ListStreams'], ['*']);
}

export function grantSend(grantee: IFunction, queues: Queue[]): void {
  allow(grantee, ['sqs:SendMessage'], queues.map((queue) => queue.queueArn));
}

export function grantReceive(grantee: IFunction, queues: Queue[]): void {
  allow(grantee, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'], queues.map((queue) => queue.queueArn));
}

export function allow(grantee: IFunction, actions: string[], resources: string[]): void {
  grantee.addToRolePolicy(new PolicyStatement({ actions, resources }));
}
