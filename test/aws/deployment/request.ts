import type { IncomingHttpHeaders } from 'node:http';

/** One request of AWS, as its signature says it: which service, in which region, with whose key. */
export interface AwsRequest {
  service: string;
  region: string;
  accessKeyId: string;
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface AwsAnswer {
  status: number;
  type?: string;
  body?: string;
}

export type Service = (request: AwsRequest) => AwsAnswer | Promise<AwsAnswer>;

export function xml(body: string, status = 200): AwsAnswer {
  return { status, type: 'text/xml', body };
}

/** A refusal of the services that answer in XML. */
export function refused(code: string, message: string, status = 400): AwsAnswer {
  return xml(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`, status);
}

/** The form that the elder services are asked in: `Parameters.member.1.ParameterKey`. */
export function formOf({ body }: AwsRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body.toString()));
}
