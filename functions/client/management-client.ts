import { OPERATIONS, type Answer, type Asked, type Body, type Operation, type OperationId } from '#api/management/operations';
import { ErrorAnswer, type Reason } from '#api/management/schemas';
import { queryOf } from './api-client.ts';
import { readText, type Transport } from './transport.ts';

/** A refusal of `/v1`, as it says itself. */
export class ManagementRefusal extends Error {
  readonly reason: Reason | '';

  constructor(reason: Reason | '', message: string) {
    super(message);
    this.name = 'ManagementRefusal';
    this.reason = reason;
  }
}

export interface Wanted<Id extends OperationId> {
  params?: Asked<Id>['params'];
  query?: Record<string, string | number | undefined>;
  body?: Body<Id>;
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Calls an operation of the management API; its answer has been held to its schema. */
export async function manage<Id extends OperationId>(send: Transport, id: Id, { params, query = {}, body }: Wanted<Id> = {}): Promise<Answer<Id>> {
  const operation: Operation = OPERATIONS[id];
  const values = (params ?? {}) as Record<string, string>;
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const response = await send({
    method: operation.method,
    path: path + queryOf(query),
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await readText(response, MAX_ANSWER_BYTES);
  if (response.status !== operation.status) throw refusalOf(response.status, text);
  return operation.answer.parse(JSON.parse(text)) as Answer<Id>;
}

function refusalOf(status: number, text: string): ManagementRefusal {
  try {
    const { error } = ErrorAnswer.parse(JSON.parse(text));
    return new ManagementRefusal(error.reason, error.message);
  } catch {
    return new ManagementRefusal('', `this server has no management API: it answered ${status}: ${text.slice(0, 200).trim()}`);
  }
}
