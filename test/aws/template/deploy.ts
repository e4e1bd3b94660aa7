import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID, arn, PARTITION, REGION, WEBSOCKET_API_ID } from '../account.ts';
import type { AwsJson } from '../endpoint/aws-json.ts';
import type { Role } from '../iam/role.ts';
import type { FunctionDefinition } from '../lambda/functions.ts';
import { nodeProgram } from '../lambda/node-program.ts';
import { evaluate, NO_VALUE, type Scope } from './evaluate.ts';
import type { Resource, Template } from './load.ts';
import { rolesOf } from './roles.ts';

export interface DeployOptions {
  template: Template;
  parameters: Record<string, string>;
  dynamodb: AwsJson;
  sqs: AwsJson;
  /** Without the slash at its end. */
  endpointUrl: string;
  /** Of the WebSocket API. */
  webSocketUrl: string;
}

export interface StreamMapping {
  id: string;
  functionId: string;
  streamArn: string;
  batchSize: number;
  maximumRetryAttempts: number;
  patterns: string[];
}

export interface QueueMapping {
  id: string;
  functionId: string;
  queueUrl: string;
  queueArn: string;
  batchSize: number;
  maximumConcurrency: number;
}

export interface Deployed {
  clusterUid: string;
  tableName: string;
  roles: Role[];
  functions: FunctionDefinition[];
  /** Logical name of the function behind the URL. */
  urlFunctionId: string;
  streams: StreamMapping[];
  queues: QueueMapping[];
  schedules: { ruleArn: string; expression: string; functionId: string }[];
  /** Logical name to URL. */
  queueUrls: Map<string, string>;
  /** With the logical names of the functions of its routes. */
  webSocketApi: { id: string; stage: string; functionIds: Map<string, string> };
}

interface Physical {
  ref: string;
  attributes: Record<string, string>;
}

// What has a name and nothing that others refer to.
const PASSIVE = new Set([
  ...['AWS::CloudWatch::Alarm', 'AWS::IAM::Policy', 'AWS::Lambda::Permission', 'AWS::SNS::Topic', 'AWS::CDK::Metadata'],
  ...['AWS::ApiGatewayV2::Integration', 'AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::Stage'],
]);

/** Makes what the template describes: tables and queues in the stand-ins, the rest as data for the emulator's own parts. */
export async function deploy(options: DeployOptions): Promise<Deployed> {
  const { template } = options;
  const stackGuid = randomUUID();
  const physical = new Map(Object.entries(template.Resources).map(([id, resource]) => [id, physicalOf(options, id, resource)]));
  const scope = scopeOf(options, physical, stackGuid);
  const properties = (resource: Resource): Record<string, unknown> => evaluate(resource.Properties ?? {}, scope) as Record<string, unknown>;
  const of = (type: string): [string, Resource][] => Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

  for (const [id, resource] of of('AWS::DynamoDB::Table')) {
    const streamArn = await createTable(options.dynamodb, physical.get(id)?.ref ?? '', properties(resource));
    Object.assign(physical.get(id)?.attributes ?? {}, { StreamArn: streamArn });
  }
  for (const [id, resource] of of('AWS::SQS::Queue').sort(([, a], [, b]) => Number('RedrivePolicy' in a.Properties) - Number('RedrivePolicy' in b.Properties))) {
    await createQueue(options.sqs, id, properties(resource));
  }
  const functionId = (reference: unknown): string => {
    const found = of('AWS::Lambda::Function').find(([id]) => [physical.get(id)?.ref, physical.get(id)?.attributes['Arn']].includes(reference as string));
    if (!found) throw new Error(`no function ${String(reference)}`);
    return found[0];
  };
  const mappings = of('AWS::Lambda::EventSourceMapping').map(([id, resource]) => ({ id, ...mappingOf(properties(resource)) }));
  const [url] = of('AWS::Lambda::Url');
  if (!url) throw new Error('the template has no function URL');
  return {
    clusterUid: stackGuid,
    tableName: of('AWS::DynamoDB::Table').map(([id]) => physical.get(id)?.ref)[0] ?? '',
    roles: rolesOf({ resources: Object.entries(template.Resources), properties, physical: (id) => physical.get(id) as Physical }),
    functions: of('AWS::Lambda::Function').map(([id, resource]) => functionOf(template, id, properties(resource))),
    urlFunctionId: functionId(properties(url[1])['TargetFunctionArn']),
    streams: mappings.filter(({ source }) => source.includes(':dynamodb:')).map(({ source, functionName, ...rest }) => ({ ...rest, streamArn: source, functionId: functionId(functionName) })),
    queues: mappings.filter(({ source }) => source.includes(':sqs:')).map(({ source, functionName, ...rest }) => ({ ...rest, queueArn: source, queueUrl: queueUrlOf(options.endpointUrl, source.split(':').pop() ?? ''), functionId: functionId(functionName) })),
    schedules: of('AWS::Events::Rule').map(([id, resource]) => {
      const { ScheduleExpression, Targets } = properties(resource) as { ScheduleExpression: string; Targets: [{ Arn: string }] };
      return { ruleArn: physical.get(id)?.attributes['Arn'] ?? '', expression: ScheduleExpression, functionId: functionId(Targets[0].Arn) };
    }),
    queueUrls: new Map(of('AWS::SQS::Queue').map(([id]) => [id, physical.get(id)?.ref ?? ''])),
    webSocketApi: webSocketApiOf(of, { properties, physical, functionId }),
  };
}

interface Evaluated {
  properties(resource: Resource): Record<string, unknown>;
  physical: Map<string, Physical>;
  functionId(reference: unknown): string;
}

// A route's target is an integration, and the integration's the ARN of a call of API Gateway, which holds that of the function.
function webSocketApiOf(of: (type: string) => [string, Resource][], { properties, physical, functionId }: Evaluated): Deployed['webSocketApi'] {
  const [api] = of('AWS::ApiGatewayV2::Api');
  const [stage] = of('AWS::ApiGatewayV2::Stage');
  if (!api || !stage) throw new Error('the template has no WebSocket API with a stage');
  const functionOfIntegration = new Map(
    of('AWS::ApiGatewayV2::Integration').map(([id, resource]) => [`integrations/${physical.get(id)?.ref}`, functionId(/functions\/(.*)\/invocations$/.exec(String(properties(resource)['IntegrationUri']))?.[1])]),
  );
  const functionIds = of('AWS::ApiGatewayV2::Route').map(([, resource]): [string, string] => {
    const { RouteKey, Target } = properties(resource) as { RouteKey: string; Target: string };
    return [RouteKey, functionOfIntegration.get(Target) ?? ''];
  });
  return { id: physical.get(api[0])?.ref ?? '', stage: properties(stage[1])['StageName'] as string, functionIds: new Map(functionIds) };
}

function physicalOf(options: DeployOptions, id: string, resource: Resource): Physical {
  const { stackName } = options.template;
  const name = `${stackName}-${id}`;
  switch (resource.Type) {
    case 'AWS::DynamoDB::Table': {
      const table = `${name}-${randomUUID().slice(0, 8)}`; // DynamoDB Local serves several accounts
      return { ref: table, attributes: { Arn: arn('dynamodb', `table/${table}`) } };
    }
    case 'AWS::SQS::Queue': {
      const queue = `${id}${resource.Properties['FifoQueue'] === true ? '.fifo' : ''}`;
      return { ref: queueUrlOf(options.endpointUrl, queue), attributes: { Arn: arn('sqs', queue), QueueName: queue } };
    }
    case 'AWS::Lambda::Function':
      return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
    case 'AWS::Lambda::Url':
      return { ref: arn('lambda', `function:${name}`), attributes: { FunctionUrl: 'https://127.0.0.1/' } };
    case 'AWS::IAM::Role':
      return { ref: name, attributes: { Arn: arn('iam', `role/${name}`, { region: '' }) } };
    case 'AWS::Logs::LogGroup':
      return { ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
    case 'AWS::Events::Rule':
      return { ref: name, attributes: { Arn: arn('events', `rule/${name}`) } };
    case 'AWS::ApiGatewayV2::Api':
      return { ref: WEBSOCKET_API_ID, attributes: { ApiEndpoint: options.webSocketUrl } };
    case 'AWS::Lambda::EventSourceMapping':
      return { ref: randomUUID(), attributes: {} };
    default:
      if (!PASSIVE.has(resource.Type)) throw new Error(`the emulator does not know ${resource.Type}`);
      return { ref: name, attributes: {} };
  }
}

function scopeOf({ template, parameters }: DeployOptions, physical: Map<string, Physical>, stackGuid: string): Scope {
  const pseudo: Record<string, unknown> = {
    'AWS::AccountId': ACCOUNT_ID,
    'AWS::Region': REGION,
    'AWS::Partition': PARTITION,
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': template.stackName,
    'AWS::StackId': arn('cloudformation', `stack/${template.stackName}/${stackGuid}`),
    'AWS::NoValue': NO_VALUE,
  };
  return {
    ref(name) {
      const value = pseudo[name] ?? physical.get(name)?.ref ?? parameters[name] ?? template.Parameters[name]?.Default;
      if (value === undefined) throw new Error(`nothing is called ${name}`);
      return value;
    },
    attribute(resource, attribute) {
      const value = physical.get(resource)?.attributes[attribute];
      if (value === undefined) throw new Error(`${resource} has no ${attribute}`);
      return value;
    },
  };
}

async function createTable(dynamodb: AwsJson, TableName: string, properties: Record<string, unknown>): Promise<string> {
  const { KeySchema, AttributeDefinitions, BillingMode, StreamSpecification } = properties;
  const request = { TableName, KeySchema, AttributeDefinitions, BillingMode, StreamSpecification: { StreamEnabled: true, ...(StreamSpecification as object) } };
  const { TableDescription } = await dynamodb<{ TableDescription: { LatestStreamArn: string } }>('DynamoDB_20120810.CreateTable', request);
  return TableDescription.LatestStreamArn;
}

async function createQueue(sqs: AwsJson, id: string, properties: Record<string, unknown>): Promise<void> {
  const { FifoQueue, RedrivePolicy, ...rest } = properties;
  const Attributes = {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    ...(FifoQueue === true ? { FifoQueue: 'true' } : {}),
    ...(RedrivePolicy === undefined ? {} : { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
  };
  await sqs('AmazonSQS.CreateQueue', { QueueName: `${id}${FifoQueue === true ? '.fifo' : ''}`, Attributes });
}

function mappingOf(properties: Record<string, unknown>): Pick<StreamMapping & QueueMapping, 'batchSize' | 'maximumRetryAttempts' | 'patterns' | 'maximumConcurrency'> & { source: string; functionName: string } {
  const { EventSourceArn, FunctionName, BatchSize = 10, MaximumRetryAttempts = Infinity, FilterCriteria, ScalingConfig } = properties;
  const { MaximumConcurrency = Infinity } = (ScalingConfig ?? {}) as { MaximumConcurrency?: number };
  const filters = (FilterCriteria as { Filters: { Pattern: string }[] } | undefined)?.Filters ?? [];
  return { source: EventSourceArn as string, functionName: FunctionName as string, batchSize: BatchSize as number, maximumRetryAttempts: MaximumRetryAttempts as number, patterns: filters.map(({ Pattern }) => Pattern), maximumConcurrency: MaximumConcurrency };
}

function functionOf(template: Template, id: string, properties: Record<string, unknown>): FunctionDefinition {
  const { Code, Runtime, Handler, Timeout, MemorySize, Environment, Role, RecursiveLoop, LoggingConfig } = properties as {
    Code: { S3Key: string };
    Runtime: string;
    Handler: string;
    Timeout: number;
    MemorySize: number;
    Environment?: { Variables: Record<string, string> };
    Role: string;
    RecursiveLoop?: 'Allow' | 'Terminate';
    LoggingConfig: { LogGroup: string };
  };
  const codeFolder = template.assets.get(Code.S3Key);
  if (codeFolder === undefined) throw new Error(`the bundle of ${id} is missing`);
  return { id, name: `${template.stackName}-${id}`, program: nodeProgram(Runtime), handler: Handler, codeFolder, timeoutSeconds: Timeout, memoryMb: MemorySize, roleArn: Role, mayRecur: RecursiveLoop === 'Allow', logGroup: LoggingConfig.LogGroup, environment: Environment?.Variables ?? {} };
}

function queueUrlOf(endpointUrl: string, name: string): string {
  return `${endpointUrl}/${ACCOUNT_ID}/${name}`;
}
