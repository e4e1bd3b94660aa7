import { describe, expect, test } from 'vitest';
import { createMeter } from './bill/meter.ts';
import { dollarsOf } from './bill/prices.ts';
import { amountsOf } from './bill/units.ts';
import { jsonAnswer, type Call, type Service } from './endpoint/call.ts';

function callOf(service: Service, operation: string, parameters: object): Call {
  return { service, operation, accessKeyId: '', path: '/', body: Buffer.from(JSON.stringify(parameters)), headers: {}, hostUrl: '', signal: new AbortController().signal };
}

const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
const item = (bytes: number) => ({ ...key('k'), body: { B: Buffer.alloc(bytes).toString('base64') } });
const consumed = (CapacityUnits: number) => ({ ConsumedCapacity: { CapacityUnits } });

describe('what a call is billed by', () => {
  test.each([
    { what: 'a strong read that finds nothing', operation: 'GetItem', parameters: { ConsistentRead: true }, answer: consumed(0), amounts: { readUnit: 1 } },
    { what: 'an eventual read that finds nothing', operation: 'GetItem', parameters: {}, answer: consumed(0), amounts: { readUnit: 0.5 } },
    { what: 'a query of 9 KB', operation: 'Query', parameters: { ConsistentRead: true }, answer: consumed(3), amounts: { readUnit: 3 } },
    { what: 'keys that are not there', operation: 'BatchGetItem', parameters: { RequestItems: { t: { Keys: [key('a'), key('b'), key('c')], ConsistentRead: true } } }, answer: { ConsumedCapacity: [{ CapacityUnits: 2 }], Responses: { t: [key('a')] } }, amounts: { readUnit: 4 } },
    { what: 'a write', operation: 'PutItem', parameters: { Item: item(100) }, answer: consumed(1), amounts: { writeUnit: 1 } },
    { what: 'a write of 3 KB whose condition does not hold', operation: 'PutItem', parameters: { Item: item(2500) }, answer: {}, amounts: { writeUnit: 3 } },
    { what: 'a transaction of 1 KB and of 2 KB', operation: 'TransactWriteItems', parameters: { TransactItems: [{ Put: { Item: item(100) } }, { Put: { Item: item(1500) } }] }, answer: {}, amounts: { writeUnit: 6 } },
    { what: 'a look at two items in a transaction', operation: 'TransactGetItems', parameters: { TransactItems: [{ Get: {} }, { Get: {} }] }, answer: {}, amounts: { readUnit: 4 } },
  ])('$what', ({ operation, parameters, answer, amounts }) => {
    expect(amountsOf(callOf('dynamodb', operation, parameters), jsonAnswer(200, answer))).toEqual(amounts);
  });

  test('a request of SQS is 64 KB, and dearer in order', () => {
    expect(amountsOf(callOf('sqs', 'SendMessage', { QueueUrl: 'q.fifo' }), jsonAnswer(200, {}))).toEqual({ fifoRequest: 1 });
    expect(amountsOf(callOf('sqs', 'SendMessage', { QueueUrl: 'q', MessageBody: 'x'.repeat(70_000) }), jsonAnswer(200, {}))).toEqual({ standardRequest: 2 });
  });
});

test('a message of API Gateway is 32 KB, in either direction; each connection is paid by the minute', () => {
  const sent = (bytes: number): Call => ({ ...callOf('execute-api', 'POST', {}), body: Buffer.alloc(bytes) });
  expect([1, 32 * 1024, 32 * 1024 + 1].map((bytes) => amountsOf(sent(bytes), jsonAnswer(200, {})))).toEqual([{ gatewayMessage: 1 }, { gatewayMessage: 1 }, { gatewayMessage: 2 }]);
  const meter = createMeter();
  for (const route of ['$connect', '$default', '$default', '$disconnect'] as const) meter.connection(route, 'one');
  expect(meter.items().map(({ calls, amounts }) => ({ calls, amounts }))).toEqual([{ calls: 2, amounts: { gatewayMessage: 2 } }, { calls: 1, amounts: { connectionMinute: 1 } }]);
});

test('a second of a function with half a gigabyte costs half a gigabyte-second and a request', () => {
  const meter = createMeter();
  meter.invoked({ functionId: 'ApiF70053CD', billedMs: 999.5, memoryMb: 512 });
  const [invoked] = meter.items();
  expect(invoked).toMatchObject({ caller: 'Api', calls: 1, amounts: { invocation: 1, gbSecond: 0.5 } });
  expect(dollarsOf(invoked?.amounts ?? {})).toBeCloseTo(0.2e-6 + 0.5 * 0.0000133334, 12);
});
