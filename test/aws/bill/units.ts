import { itemUnits, transactionUnits, type Item } from '../../support/write-units.ts';
import { parametersOf, type Answer, type Call } from '../endpoint/call.ts';
import type { Amounts } from './prices.ts';

interface Request {
  QueueUrl?: string;
  ConsistentRead?: boolean;
  Item?: Item;
  RequestItems?: Record<string, { Keys?: unknown[]; ConsistentRead?: boolean }>;
  TransactItems?: { Put?: { Item?: Item } }[];
}

interface Response {
  ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
  Responses?: Record<string, unknown[]>;
  Messages?: unknown[];
}

const CHUNK_BYTES = 64 * 1024;
const MESSAGE_BYTES = 32 * 1024;
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

/** What a call is billed by. DynamoDB's answer must tell its capacity; what DynamoDB Local leaves out is put in by the service's rules. */
export function amountsOf(call: Call, answer: Answer): Amounts {
  if (call.service === 'sqs') return queueAmounts(call, answer);
  if (call.service === 'execute-api') return call.operation === 'POST' ? { gatewayMessage: Math.ceil(call.body.byteLength / MESSAGE_BYTES) } : {};
  return call.service === 'dynamodb' ? tableAmounts(call, answer) : {}; // parameters and credentials cost nothing
}

function queueAmounts(call: Call, answer: Answer): Amounts {
  const requests = Math.max(1, Math.ceil(Math.max(call.body.byteLength, Buffer.byteLength(answer.body)) / CHUNK_BYTES));
  return parametersOf<Request>(call).QueueUrl?.endsWith('.fifo') ? { fifoRequest: requests } : { standardRequest: requests };
}

function tableAmounts(call: Call, answer: Answer): Amounts {
  const request = parametersOf<Request>(call);
  const { ConsumedCapacity = [], Responses = {} } = JSON.parse(answer.body) as Response;
  const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  const { TransactItems = [], RequestItems = {} } = request;
  // Wrong in DynamoDB Local when items differ in size; one that is cancelled is billed as well.
  if (call.operation === 'TransactWriteItems') return { writeUnit: transactionUnits(TransactItems) };
  if (call.operation === 'TransactGetItems') return { readUnit: Math.max(units, 2 * TransactItems.length) };
  // A condition that does not hold costs what the write would have.
  if (WRITES.has(call.operation)) return { writeUnit: units || itemUnits(request.Item ?? {}) };
  if (call.operation !== 'BatchGetItem') return { readUnit: Math.max(units, request.ConsistentRead === true ? 1 : 0.5) };
  // Each item is a read of its own, also one that is not there.
  const [keys] = Object.values(RequestItems);
  const missing = (keys?.Keys?.length ?? 0) - Object.values(Responses).flat().length;
  return { readUnit: units + missing * (keys?.ConsistentRead === true ? 1 : 0.5) };
}
