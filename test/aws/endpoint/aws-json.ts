import { ACCOUNT_KEY, REGION } from '../account.ts';

export type AwsJson = <T>(target: string, body: object, signal?: AbortSignal) => Promise<T>;

/** The refusal of an AWS service, by its code. */
export class AwsError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'AwsError';
    this.code = code;
  }
}

/** Speaks AWS' JSON protocol, for what the account itself does: nobody checks its signature. */
export function awsJson(endpoint: string, version: '1.0' | '1.1' = '1.0'): AwsJson {
  return async <T>(target: string, body: object, signal?: AbortSignal): Promise<T> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': `application/x-amz-json-${version}`,
        'x-amz-target': target,
        authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT_KEY}/20200101/${REGION}/any/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    if (response.ok) return (text === '' ? {} : JSON.parse(text)) as T;
    throw new AwsError(/"__type":"(?:[^"]*#)?([^"]*)"/.exec(text)?.[1] ?? `HTTP ${response.status}`, text);
  };
}
