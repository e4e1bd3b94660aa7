import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

export interface SignedRequest {
  method: string;
  url: URL;
  /** Their names in small letters. */
  headers: Record<string, string>;
  body: string;
}

/**
 * AWS Signature Version 4 of a request without a query (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 * Gives all headers that it is sent with.
 */
export function signatureHeaders({ method, url, headers, body }: SignedRequest, { service, region, nowMs, credentials }: { service: string; region: string; nowMs: number; credentials: Credentials }): Record<string, string> {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const sent = { ...headers, 'x-amz-date': time, 'x-amz-security-token': credentials.sessionToken };
  const signed = Object.entries({ ...sent, host: url.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value}\n`);
  const canonical = [method, canonicalPath(url.pathname), '', lines.join(''), names, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce((key: Buffer, part) => hmac(key, part), hmac(`AWS4${credentials.secretAccessKey}`, time.slice(0, 8)));
  return { ...sent, authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${hmac(key, toSign).toString('hex')}` };
}

// Of what is encoded already, each part once more.
function canonicalPath(path: string): string {
  const encode = (part: string): string => encodeURIComponent(part).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return path.split('/').map(encode).join('/');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
