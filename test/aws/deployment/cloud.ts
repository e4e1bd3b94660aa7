import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { loopbackCertificate } from '../../support/certificates.ts';
import { ACCOUNT_ID, ACCOUNT_KEY, CONCURRENCY, REGION } from '../account.ts';
import { awsJson } from '../endpoint/aws-json.ts';
import { startEmulator, type Emulator } from '../emulator.ts';
import type { Template } from '../template/load.ts';
import { createCloudFormation, type CloudFormation, type Ground } from './cloudformation.ts';
import { refused, xml, type AwsAnswer, type AwsRequest, type Service } from './request.ts';
import { createS3, type S3 } from './s3.ts';

export interface CloudOptions {
  folder: string;
  dynamodbUrl: string;
}

/** AWS as who deploys sees it: nothing is there at first, and what CloudFormation is told to make becomes an emulated account. */
export interface Cloud {
  url: string;
  stacks: Pick<CloudFormation, 'failNext' | 'setStatus'>;
  buckets: S3['buckets'];
  /** What was asked so far, such as `cloudformation CreateStack`. */
  calls: string[];
  /** How many functions the account may run at once. */
  concurrency: number;
  /** That trusts what will be made: on AWS everybody does. */
  caFile: string;
  /** Once it was made. */
  account(): Emulator;
  close(): Promise<void>;
}

const SMALLEST_TABLE = { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }], BillingMode: 'PAY_PER_REQUEST', DeletionProtectionEnabled: true };

export const EXPIRED_KEY = 'EXPIRED';
export const UNKNOWN_KEY = 'UNKNOWN';

export async function openCloud({ folder, dynamodbUrl }: CloudOptions): Promise<Cloud> {
  let emulator: Emulator | undefined;
  const serving = await loopbackCertificate();
  const caFile = join(folder, 'ca.crt');
  writeFileSync(caFile, serving.certificate);
  const s3 = createS3();
  const ground: Ground = {
    async make({ name, template, parameters }) {
      await emulator?.close();
      emulator = await startEmulator({ template: { ...(JSON.parse(template) as Omit<Template, 'stackName'>), stackName: name, assets: unpacked(s3, folder) }, dataDir: join(folder, 'account'), dynamodbUrl, serving, tickSeconds: 0, parameters });
      return { guid: emulator.clusterUid, outputs: { Url: `${emulator.url}/`, ClusterUid: emulator.clusterUid, TableName: emulator.tableName } };
    },
    leave: async (name) => void (await awsJson(dynamodbUrl)('DynamoDB_20120810.CreateTable', { ...SMALLEST_TABLE, TableName: `${name}-StorageTableB43FDCE7-${randomUUID().slice(0, 8)}` })),
  };
  const cloudFormation = createCloudFormation(ground);
  const account = (): Emulator => emulator ?? raise('nothing was deployed');
  const services: Record<string, Service> = {
    sts: () => xml(`<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${ACCOUNT_ID}</Account><Arn>arn:aws:iam::${ACCOUNT_ID}:user/ada</Arn><UserId>AIDA</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>`),
    lambda: () => ({ status: 200, type: 'application/json', body: JSON.stringify({ AccountLimit: { ConcurrentExecutions: cloud.concurrency, UnreservedConcurrentExecutions: cloud.concurrency } }) }),
    s3: s3.answer,
    cloudformation: cloudFormation.answer,
    dynamodb: (request) => onward(dynamodbUrl, request),
    sqs: (request) => onward(account().endpointUrl, request),
    ssm: (request) => (emulator ? onward(emulator.endpointUrl, request) : { status: 400, type: 'application/x-amz-json-1.1', body: '{"__type":"ParameterNotFound"}' }),
  };

  const server = createServer((incoming, outgoing) => {
    void readRequest(incoming)
      .then((request) => {
        cloud.calls.push(`${request.service} ${operationOf(request)}`);
        return refusedKey(request) ?? services[request.service]?.(request) ?? refused('UnknownService', request.service);
      })
      .catch((error: unknown): AwsAnswer => ({ status: 500, body: String(error) }))
      .then(({ status, type, body = '' }) => outgoing.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const cloud: Cloud = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stacks: cloudFormation,
    buckets: s3.buckets,
    calls: [],
    concurrency: CONCURRENCY,
    caFile,
    account,
    async close() {
      server.closeAllConnections();
      server.close();
      await emulator?.close();
    },
  };
  return cloud;
}

async function readRequest(incoming: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = '', headers } = incoming;
  const [, accessKeyId = '', region = '', service = ''] = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  return { service, region, accessKeyId, method, headers, url: new URL(incoming.url ?? '/', 'http://aws'), body: Buffer.concat(chunks) };
}

function operationOf({ method, url, headers, body }: AwsRequest): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? (target.split('.')[1] ?? '') : (new URLSearchParams(body.toString()).get('Action') ?? `${method} ${url.pathname}`);
}

function refusedKey({ accessKeyId, region }: AwsRequest): AwsAnswer | undefined {
  if (accessKeyId === EXPIRED_KEY) return refused('ExpiredToken', 'The security token included in the request is expired', 403);
  if (accessKeyId !== ACCOUNT_KEY || region !== REGION) return refused('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  return undefined;
}

async function onward(to: string, { method, url, headers, body }: AwsRequest): Promise<AwsAnswer> {
  const kept = Object.entries(headers).filter(([name]) => ['content-type', 'x-amz-target', 'authorization', 'x-amz-date'].includes(name)) as [string, string][];
  const response = await fetch(new URL(url.pathname, to), { method, headers: kept, body });
  return { status: response.status, type: response.headers.get('content-type') ?? '', body: await response.text() };
}

/** The archives as Lambda unpacks them. */
function unpacked({ buckets }: S3, folder: string): Map<string, string> {
  const assets = new Map<string, string>();
  for (const [key, archive] of [...buckets.values()].flatMap((objects) => [...objects])) {
    const code = join(folder, 'code', key);
    for (const [file, content] of Object.entries(unzipSync(archive))) {
      mkdirSync(dirname(join(code, file)), { recursive: true });
      writeFileSync(join(code, file), content);
    }
    assets.set(key, code);
  }
  return assets;
}

function raise(what: string): never {
  throw new Error(what);
}
