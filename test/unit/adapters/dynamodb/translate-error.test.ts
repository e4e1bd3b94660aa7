import { expect, test } from 'vitest';
import { failureOf, translateError } from '#adapters/dynamodb/translate-error';
import { hasCode } from '#ports/errors';

test.each([
  ['ConditionalCheckFailedException', 'refused'],
  ['TransactionConflictException', 'conflict'],
  ['ProvisionedThroughputExceededException', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['InternalServerError', 'unknown'],
  ['TransactionInProgressException', 'unknown'],
  ['TimeoutError', 'unknown'],
  ['Error', 'unknown'], // a socket that broke
  ['ValidationException', 'fault'],
  ['AccessDeniedException', 'fault'],
])('%s is %s', (name, kind) => {
  expect(failureOf(named(name)).kind).toBe(kind);
});

test.each([
  [['None', 'ConditionalCheckFailed'], 'refused'],
  [['TransactionConflict', 'ConditionalCheckFailed'], 'refused'],
  [['TransactionConflict', 'None'], 'conflict'],
  [['ThrottlingError', 'None'], 'throttled'],
  [['ValidationError', 'None'], 'fault'],
])('a transaction that is cancelled for %s is %s', (codes, kind) => {
  const error = Object.assign(named('TransactionCanceledException'), { CancellationReasons: codes.map((Code) => ({ Code })) });
  expect(failureOf(error).kind).toBe(kind);
});

test('what is not recognised stays the native error', () => {
  const native = named('ValidationException');
  expect(translateError(native)).toBe(native);
  const throttled = translateError(named('ThrottlingException'));
  expect(hasCode(throttled, 'Throttled') && (throttled.cause as Error).name).toBe('ThrottlingException');
});

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
