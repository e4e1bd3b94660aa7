import type { Wire } from './call.ts';

/** Milliseconds that a call takes within a region, warm, in the middle of the field: what is published of them, and what these calls usually show. */
export const TYPICAL_LATENCIES: Record<string, number> = {
  'dynamodb:GetItem': 3,
  'dynamodb:BatchGetItem': 5,
  'dynamodb:Query': 4,
  'dynamodb:PutItem': 5,
  'dynamodb:UpdateItem': 5,
  'dynamodb:DeleteItem': 5,
  'dynamodb:BatchWriteItem': 8,
  'dynamodb:TransactGetItems': 8,
  'dynamodb:TransactWriteItems': 15,
  'sqs:SendMessage': 10,
  'sqs:ReceiveMessage': 10,
  'sqs:DeleteMessage': 8,
  'sqs:CreateQueue': 40,
  'ssm:GetParameter': 20,
  'ssm:PutParameter': 40,
  'sts:AssumeRole': 40,
};

/** A call takes at least as long as it would on AWS. */
export function takeAtLeast(latencies: Record<string, number>): Wire {
  return async (call, next) => {
    const [answer] = await Promise.all([next(call), new Promise((resolve) => setTimeout(resolve, latencies[`${call.service}:${call.operation}`] ?? 0))]);
    return answer;
  };
}
