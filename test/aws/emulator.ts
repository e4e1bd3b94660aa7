import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loopbackCertificate, type KeyPair } from '../support/certificates.ts';
import { CONCURRENCY } from './account.ts';
import type { Meter } from './bill/meter.ts';
import { awsJson } from './endpoint/aws-json.ts';
import type { Call, Wire } from './endpoint/call.ts';
import { openEndpoint } from './endpoint/endpoint.ts';
import { limitKeys } from './endpoint/key-limits.ts';
import { takeAtLeast } from './endpoint/latencies.ts';
import { injectFaults, NO_FAULTS, type Faults, type InjectedFaults } from './faults.ts';
import { openFunctionUrl } from './front-door/function-url.ts';
import { kubeconfig } from './front-door/kubeconfig.ts';
import { createAuthority, type Authority } from './iam/authority.ts';
import { createGuard } from './iam/guard.ts';
import { requireSourceRights } from './iam/source-rights.ts';
import { Callers } from './lambda/callers.ts';
import { createFunctions, type FunctionDefinition, type Functions } from './lambda/functions.ts';
import { eventFilter } from './sources/event-filter.ts';
import { followQueue } from './sources/queue.ts';
import { followSchedule, periodSeconds } from './sources/schedule.ts';
import { followStream } from './sources/stream.ts';
import { connectDynamoDb } from './stand-ins/dynamodb.ts';
import { startSqs } from './stand-ins/sqs.ts';
import { createSsm } from './stand-ins/ssm.ts';
import { createSts } from './stand-ins/sts.ts';
import { openWebSocketGateway } from './stand-ins/websocket-api.ts';
import { deploy, type Deployed, type QueueMapping } from './template/deploy.ts';
import type { Template } from './template/load.ts';

export interface EmulatorOptions {
  template: Template;
  /** Log, certificate and, when it is asked for, the kubeconfig. */
  dataDir: string;
  /** DynamoDB Local, which may serve several accounts: each has its own table. */
  dynamodbUrl: string;
  /** Of the stack, in place of those that are chosen here. */
  parameters?: Record<string, string>;
  /** Of its doors (default: one of its own). */
  serving?: KeyPair;
  /** Of this machine, at which everything is reached. Default: the loopback. */
  address?: string;
  /** Default: a free one. */
  port?: number;
  /** Instead of the rule's own period; 0: the rule never fires. */
  tickSeconds?: number;
  faults?: Faults;
  /** A function's failure brings its messages back at once: waiting out the queue's visibility is the same each time. */
  hurries?: boolean;
  /** Sees each call that is allowed. */
  observe?: (call: Call) => void;
  /** Write units that DynamoDB takes of one partition key in a second. */
  keyUnitsPerSecond?: number;
  /** Milliseconds that each call takes at least, such as `dynamodb:GetItem`. */
  latencies?: Record<string, number>;
  /** Counts what is done, as AWS would bill it. */
  meter?: Meter;
}

export interface Emulator {
  clusterUid: string;
  tableName: string;
  /** What Lambda polls. */
  queues: QueueMapping[];
  url: string;
  adminToken: string;
  caFile: string;
  functions: Functions;
  /** What was deployed. */
  definitions: FunctionDefinition[];
  /** AWS, as the functions see it, and who is who there. */
  endpointUrl: string;
  callers: Callers;
  authority: Authority;
  /** The administrator's; gives its path. */
  writeKubeconfig(): string;
  /** To arm more of them, and what they have done so far. */
  kill: InjectedFaults['kill'];
  lose: InjectedFaults['lose'];
  fail: InjectedFaults['fail'];
  disarm: InjectedFaults['disarm'];
  happened: string[];
  close(): Promise<void>;
}

/** Deploys a synthesised template onto the stand-ins and serves it. Everything that it knows of the system stands in the template. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { template, dataDir, dynamodbUrl, address = '127.0.0.1', faults = NO_FAULTS } = options;
  mkdirSync(dataDir, { recursive: true });
  const logFile = createWriteStream(join(dataDir, 'emulator.log'), { flags: 'a' });
  const log = (line: string): void => void logFile.write(`${new Date().toISOString()} ${line}\n`);

  const serving = options.serving ?? (await loopbackCertificate(address));
  const caFile = join(dataDir, 'ca.crt');
  writeFileSync(caFile, serving.certificate);
  const gateway = await openWebSocketGateway(serving, address);
  const queues = await startSqs();
  const database = connectDynamoDb(dynamodbUrl);
  const callers = new Callers();
  const injected = injectFaults(faults);
  const adminToken = newAdminToken();
  const parameters = { AdminTokenSha256: createHash('sha256').update(adminToken).digest('hex'), AccountConcurrency: String(CONCURRENCY), ...options.parameters };
  const authority = createAuthority();
  const endpoint = await openEndpoint({
    services: { dynamodb: database.answer, sqs: queues.answer, ssm: createSsm(), sts: createSts({ authority, callers }), 'execute-api': gateway.answer },
    address,
    wires: [createGuard({ authority, callers }), ...wiresOf(options, injected)],
  });
  const dynamodb = awsJson(dynamodbUrl);
  const sqs = awsJson(endpoint.url);
  const deployed = await deploy({ template, parameters, dynamodb, sqs, endpointUrl: endpoint.url, webSocketUrl: `wss://${address}:${gateway.port}` });
  authority.add(deployed.roles);
  await requireSourceRights(deployed, authority);
  const functions = createFunctions(deployed.functions, { endpointUrl: endpoint.url, caFile, concurrency: CONCURRENCY, callers, authority, log, ...(options.meter ? { meter: options.meter } : {}) });

  const invoke = (id: string) => async (event: unknown): Promise<unknown> => {
    const answer = await functions.invoke(id, event);
    return faults.doubles ? functions.invoke(id, event) : answer;
  };
  const sources = [
    ...(faults.noStream ? [] : deployed.streams.map((mapping) => followStream({ ...mapping, dynamodb, filter: eventFilter(mapping.patterns), invoke: invoke(mapping.functionId), log }))),
    ...deployed.queues.map((mapping) => followQueue({ ...mapping, hurries: options.hurries === true, sqs, invoke: invoke(mapping.functionId), log })),
    ...followedSchedules(deployed, { functions, log, ...(options.tickSeconds === undefined ? {} : { tickSeconds: options.tickSeconds }) }),
  ];
  const { functionIds, ...api } = deployed.webSocketApi;
  gateway.serve(api, (route, event) => {
    options.meter?.connection(route, event.requestContext.connectionId);
    return functions.invoke(functionIds.get(route) ?? '', event);
  });
  const door = await openFunctionUrl({ port: options.port ?? 0, serving, invoke: (event, sink) => functions.invoke(deployed.urlFunctionId, event, sink) });
  const url = `https://${address}:${door.port}`;

  return {
    clusterUid: deployed.clusterUid,
    tableName: deployed.tableName,
    queues: deployed.queues,
    url,
    adminToken,
    caFile,
    functions,
    definitions: deployed.functions,
    endpointUrl: endpoint.url,
    callers,
    authority,
    writeKubeconfig() {
      const file = join(dataDir, 'kubeconfig');
      writeFileSync(file, kubeconfig({ url, ca: serving.certificate, token: adminToken }), { mode: 0o600 });
      return file;
    },
    kill: injected.kill,
    lose: injected.lose,
    fail: injected.fail,
    disarm: injected.disarm,
    happened: injected.happened,
    async close() {
      await door.close();
      await gateway.close();
      functions.stop();
      await Promise.all(sources.map((source) => source.stop()));
      await endpoint.close();
      await queues.close();
      database.close();
      logFile.end();
    },
  };
}

// What is killed or fails before it reaches the service is neither slow nor billed.
function wiresOf({ observe, latencies, keyUnitsPerSecond, meter }: EmulatorOptions, injected: InjectedFaults): Wire[] {
  const observed: Wire = (call, next) => {
    observe?.(call);
    return next(call);
  };
  const optional = [latencies && takeAtLeast(latencies), keyUnitsPerSecond === undefined ? undefined : limitKeys(keyUnitsPerSecond), meter?.wire];
  return [observed, injected.wire, ...optional.filter((wire) => wire !== undefined)];
}

function followedSchedules({ schedules }: Deployed, { tickSeconds, functions, log }: { tickSeconds?: number; functions: Functions; log(line: string): void }) {
  if (tickSeconds === 0) return [];
  return schedules.map(({ ruleArn, expression, functionId }) =>
    followSchedule({ ruleArn, everySeconds: tickSeconds ?? periodSeconds(expression), invoke: (event) => functions.invoke(functionId, event), log }),
  );
}

// The form is the API's: a prefix, a secret, and the first characters of the digest of both.
function newAdminToken(): string {
  const secret = randomBytes(32).toString('hex');
  return `zp1.${secret}.${createHash('sha256').update(`zp1.${secret}`).digest('hex').slice(0, 8)}`;
}
