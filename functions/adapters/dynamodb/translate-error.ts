import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { PortError } from '#ports/errors';

/** What a failed call means. Only `unknown` leaves open whether it took effect. */
export type Failure =
  | { kind: 'refused'; reasons: CancellationReason[] } // a condition did not hold; in a transaction, the reasons say which
  | { kind: 'conflict' } // a transaction is at work on the same item
  | { kind: 'throttled' }
  | { kind: 'unknown' }
  | { kind: 'fault' }; // our mistake or our rights: nothing was written, and trying again does not help

const THROTTLES = new Set(['ProvisionedThroughputExceededException', 'ProvisionedThroughputExceeded', 'ThrottlingException', 'ThrottlingError', 'RequestLimitExceeded']);
const FAULTS = new Set(['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException', 'UnrecognizedClientException', 'ItemCollectionSizeLimitExceededException', 'IdempotentParameterMismatchException']);

export function failureOf(error: unknown): Failure {
  const name = error instanceof Error ? error.name : '';
  if (name === 'ConditionalCheckFailedException') return { kind: 'refused', reasons: [] };
  if (name === 'TransactionConflictException') return { kind: 'conflict' };
  if (name === 'TransactionCanceledException') return canceled((error as { CancellationReasons?: CancellationReason[] }).CancellationReasons ?? []);
  if (THROTTLES.has(name)) return { kind: 'throttled' };
  return FAULTS.has(name) ? { kind: 'fault' } : { kind: 'unknown' };
}

// A condition that failed is final, whatever else stood in the way; a conflict and a throttle pass.
function canceled(reasons: CancellationReason[]): Failure {
  const codes = reasons.map(({ Code }) => Code ?? 'None');
  if (codes.includes('ConditionalCheckFailed')) return { kind: 'refused', reasons };
  if (codes.includes('TransactionConflict')) return { kind: 'conflict' };
  return codes.some((code) => THROTTLES.has(code)) ? { kind: 'throttled' } : { kind: 'fault' };
}

/** For calls that may be repeated freely, when repeating has not helped. */
export function translateError(error: unknown): unknown {
  const { kind } = failureOf(error);
  if (kind === 'throttled') return new PortError('Throttled', 'DynamoDB throttles', { cause: error, retryAfterSeconds: 1 });
  if (kind === 'unknown') return new PortError('Unavailable', 'DynamoDB does not answer', { cause: error, retryAfterSeconds: 1 });
  return error;
}
