import type { IncomingHttpHeaders } from 'node:http';

/** One call that a function, or an agent with a function's credentials, makes of AWS. */
export interface Call {
  service: 'dynamodb' | 'sqs' | 'ssm' | 'sts';
  operation: string;
  /** The access key that it is signed with. */
  accessKeyId: string;
  body: Buffer;
  headers: IncomingHttpHeaders;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const SERVICES: Record<string, Call['service']> = { DynamoDB_20120810: 'dynamodb', AmazonSQS: 'sqs', AmazonSSM: 'ssm' };

/** Which service and operation a request means: the header of the JSON protocols, or the form field of the elder one. */
export function readCall(headers: IncomingHttpHeaders, body: Buffer): Call | undefined {
  const accessKeyId = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', operation = ''] = target.split('.');
    const service = SERVICES[prefix];
    return service && { service, operation, accessKeyId, body, headers };
  }
  const action = new URLSearchParams(body.toString()).get('Action');
  return action === null ? undefined : { service: 'sts', operation: action, accessKeyId, body, headers };
}

export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}
