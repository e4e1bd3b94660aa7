import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

// Own grants instead of the construct library's: those add whole families of calls, and `ListStreams` on every table of the account.

const READER_CALLS = ['GetItem', 'Query', 'BatchGetItem', 'PutItem', 'UpdateItem', 'BatchWriteItem'].map((call) => `dynamodb:${call}`);

/** What a reader calls: it voids the holes that dead writers left, takes their bodies away and raises the watermark. */
export function grantRead(grantee: IFunction, table: ITable): void {
  allow(grantee, READER_CALLS, [table.tableArn]);
}

/** All that the DynamoDB adapter calls; TransactWriteItems needs the rights of its parts. */
export function grantStore(grantee: IFunction, table: ITable): void {
  allow(grantee, [...READER_CALLS, 'dynamodb:DeleteItem'], [table.tableArn]);
}

/** Reading, writing and removing records beside the objects, several at once too. */
export function grantClaims(grantee: IFunction, table: ITable): void {
  allow(grantee, ['GetItem', 'PutItem', 'DeleteItem'].map((call) => `dynamodb:${call}`), [table.tableArn]);
}

export function grantStreamRead(grantee: IFunction, table: ITable): void {
  allow(grantee, ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [table.tableStreamArn ?? '']);
  // Lambda's poller lists streams before it reads one; the call takes no narrower resource (Service Authorization Reference, DynamoDB).
  allow(grantee, ['dynamodb:ListStreams'], ['*']);
}

export function grantSend(grantee: IFunction, queues: Queue[]): void {
  allow(grantee, ['sqs:SendMessage'], queues.map((queue) => queue.queueArn));
}

export function grantReceive(grantee: IFunction, queues: Queue[]): void {
  allow(grantee, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queues.map((queue) => queue.queueArn));
}

export function allow(grantee: IFunction, actions: string[], resources: string[]): void {
  grantee.addToRolePolicy(new PolicyStatement({ actions, resources }));
}
