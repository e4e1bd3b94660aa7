import { jsonAnswer, parametersOf, refusal, type Answer, type Call } from './call.ts';
import { ConnectionLost } from './endpoint.ts';

/**
 * How a call goes wrong on AWS and never with the stand-ins: the service fails; the call takes effect and its answer is lost; there are too many of
 * them; another transaction is at work on the same item.
 */
export const FAILURES = ['error', 'timeout', 'throttle', 'conflict'] as const;
export type FailureKind = (typeof FAILURES)[number];

const CONFLICTS = new Set(['TransactWriteItems', 'TransactGetItems', 'PutItem', 'UpdateItem', 'DeleteItem']);
const THROTTLES = {
  dynamodb: { code: 'ThrottlingException', message: 'Throughput exceeds the current capacity of your table or index.' },
  sqs: { code: 'RequestThrottled', message: 'Rate exceeded', status: 403 },
  ssm: { code: 'ThrottlingException', message: 'Rate exceeded' },
  sts: { code: 'Throttling', message: 'Rate exceeded' },
  'execute-api': { code: 'LimitExceededException', message: 'Rate exceeded', status: 429 },
};
const ERRORS = { dynamodb: 'InternalServerError', sqs: 'InternalFailure', ssm: 'InternalServerError', sts: 'InternalFailure', 'execute-api': 'InternalServerError' };

export function mayFail(kind: FailureKind, { service, operation }: Call): boolean {
  return kind !== 'conflict' || (service === 'dynamodb' && CONFLICTS.has(operation));
}

export async function failed(kind: FailureKind, call: Call, next: (call: Call) => Promise<Answer>): Promise<Answer> {
  switch (kind) {
    case 'error':
      return refusal(call.service, { code: ERRORS[call.service], message: 'The request processing has failed because of an unknown error', status: 500 });
    case 'timeout':
      await next(call);
      throw new ConnectionLost();
    case 'throttle':
      return call.operation === 'TransactWriteItems' ? canceled(call, 'ThrottlingError') : refusal(call.service, THROTTLES[call.service]);
    case 'conflict':
      return call.operation.startsWith('Transact') ? canceled(call, 'TransactionConflict') : refusal(call.service, { code: 'TransactionConflictException', message: 'Transaction is ongoing for the item' });
  }
}

// The first of its items is what stood in the way.
function canceled(call: Call, code: string): Answer {
  const { TransactItems } = parametersOf<{ TransactItems: unknown[] }>(call);
  const reasons = TransactItems.map((_, index) => (index === 0 ? { Code: code, Message: code } : { Code: 'None' }));
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`;
  return jsonAnswer(400, { __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException', Message: message, CancellationReasons: reasons });
}
