import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Caller } from '../lambda/callers.ts';

export type Service = 'dynamodb' | 'sqs' | 'ssm' | 'sts' | 'execute-api';

/** One call that a function, or an agent with a function's credentials, makes of AWS. */
export interface Call {
  service: Service;
  operation: string;
  /** The access key that it is signed with. */
  accessKeyId: string;
  /** Of the request: the `@connections` commands have nothing else to say what they mean. */
  path: string;
  /** Whose key that is; undefined: the account's own. */
  caller?: Caller;
  body: Buffer;
  headers: IncomingHttpHeaders;
  /** The address by which the caller came. */
  hostUrl: string;
  /** Tells that the caller has left. */
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One part of the wire between callers and services: it answers itself, or hands the call on and looks at the answer. */
export type Wire = (call: Call, next: (call: Call) => Promise<Answer>) => Promise<Answer>;

const SERVICES: Record<string, Service> = { DynamoDB_20120810: 'dynamodb', AmazonSQS: 'sqs', AmazonSSM: 'ssm' };

/** Which service and operation a request means: the header of the JSON protocols, the form field of the elder one, or the method and path. */
export function readCall({ method = '', url: path = '', headers }: IncomingMessage, body: Buffer): Pick<Call, 'service' | 'operation' | 'accessKeyId' | 'path'> | undefined {
  const accessKeyId = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', operation = ''] = target.split('.');
    const service = SERVICES[prefix];
    return service && { service, operation, accessKeyId, path };
  }
  if (path.includes('/@connections/')) return { service: 'execute-api', operation: method, accessKeyId, path };
  const action = new URLSearchParams(body.toString()).get('Action');
  return action === null ? undefined : { service: 'sts', operation: action, accessKeyId, path };
}

/** The parameters of a call, whatever its protocol. */
export function parametersOf<T extends object>({ service, body }: Call): T {
  return (service === 'sts' ? Object.fromEntries(new URLSearchParams(body.toString())) : JSON.parse(body.toString())) as T;
}

export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}

export function xmlAnswer(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

/** A refusal in the words of the service's protocol. */
export function refusal(service: Service, { code, message, status = 400 }: { code: string; message: string; status?: number }): Answer {
  if (service === 'sts') return xmlAnswer(status, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);
  const answer = jsonAnswer(status, { __type: `com.amazon.coral.service#${code}`, message });
  // The elder protocol's name of it, which clients of SQS still go by.
  return service === 'sqs' ? { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': `${code.replace(/Exception$/, '')};Sender` } } : answer;
}
