import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TABLE_DEFINITION, TTL_ATTRIBUTE } from '#adapters/dynamodb/definition';
import { nodeProgram } from './lambda/node-program.ts';
import { synthesised } from './open-account.ts';
import type { Resource } from './template/load.ts';

interface Statement {
  Action: string | string[];
  Resource: unknown;
}

interface Policy {
  PolicyDocument: { Statement: Statement[] };
}

const resources = (type: string): Resource[] => Object.values(synthesised().Resources).filter(({ Type }) => Type === type);

test('no right is wider than its resource, but for listing streams, which knows no resource', () => {
  const inline = resources('AWS::IAM::Role').flatMap(({ Properties }) => (Properties['Policies'] ?? []) as Policy[]);
  const statements = [...resources('AWS::IAM::Policy').map(({ Properties }) => Properties as unknown as Policy), ...inline].flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const wide = statements.filter(({ Action, Resource }) => [Action].flat().some((action) => action.includes('*')) || [Resource].flat().includes('*'));
  expect(wide.map(({ Action }) => Action)).toEqual(['dynamodb:ListStreams']);
  // A pattern of names only for what is made at run time: the queues of the nodes.
  const patterns = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('-*')).flatMap(({ Action }) => Action);
  expect(new Set(patterns)).toEqual(new Set(['sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage']));
  // Managed policies have statements for all resources of the account.
  for (const { Properties } of resources('AWS::IAM::Role')) expect(Properties['ManagedPolicyArns']).toBeUndefined();
  expect(statements.length).toBeGreaterThan(8);
});

test('the table is as the adapter wants it', () => {
  const [table] = resources('AWS::DynamoDB::Table');
  const { AttributeDefinitions, KeySchema, BillingMode, StreamSpecification } = TABLE_DEFINITION;
  expect(table?.Properties).toMatchObject({
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    StreamSpecification: { StreamViewType: StreamSpecification.StreamViewType },
    TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
  expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});

test('functions run on Node 24 on arm64, and their logs end', () => {
  const functions = resources('AWS::Lambda::Function');
  expect(functions.length).toBeGreaterThan(3);
  for (const { Properties } of functions) expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' } });
  const logs = resources('AWS::Logs::LogGroup');
  expect(logs.length).toBe(functions.length);
  for (const { Properties } of logs) expect(Properties['RetentionInDays']).toBe(14);
});

test('a function with all that it ever loads is under 1.5 MB: its size is the length of a cold start', () => {
  const { assets } = synthesised();
  const functions = resources('AWS::Lambda::Function').map(({ Properties }) => assets.get((Properties['Code'] as { S3Key: string }).S3Key) ?? '');
  for (const folder of functions) {
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(bytes, folder).toBeLessThan(1.5 * 1024 * 1024);
    expect(bytes, folder).toBeGreaterThan(100_000);
  }
});

test('functions run here on the Node of their runtime; another than is installed is refused by its name', () => {
  expect(execFileSync(nodeProgram('nodejs24.x'), ['--version']).toString()).toMatch(/^v24\./);
  expect(() => nodeProgram('nodejs22.x')).toThrow(/the functions run on nodejs22\.x, and what is installed is Node 24\./);
});

test('what somebody has to look at is an alarm; ten are free', () => {
  const alarms = resources('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties as { MetricName: string; Dimensions: { Value: { Ref?: string } }[]; AlarmActions: unknown[] });
  const watched = (metric: string): string[] => alarms.filter(({ MetricName }) => MetricName === metric).map(({ Dimensions }) => JSON.stringify(Dimensions));
  const functions = Object.entries(synthesised().Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function').map(([id]) => id);
  for (const id of functions) expect(watched('Errors').join(), id).toContain(id);
  for (const queue of ['RingsNowDead', 'RingsLaterDead']) expect(watched('ApproximateNumberOfMessagesVisible').join()).toContain(queue);
  expect(watched('Throttles')).toHaveLength(1);
  expect(watched('WriteThrottleEvents')).toHaveLength(1);
  expect(watched('IteratorAge')).toHaveLength(1);
  expect(alarms.length).toBeLessThanOrEqual(10);
  for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
});

test('its outputs say where the API, the state and the alarms are', () => {
  expect(Object.keys(synthesised().Outputs)).toEqual(expect.arrayContaining(['Url', 'ClusterUid', 'TableName', 'AlarmTopicArn']));
});

test('functions may ring for themselves, and end well before a crashed one’s message is seen again', () => {
  for (const { Properties } of resources('AWS::Lambda::Function')) expect(Properties['RecursiveLoop']).toBe('Allow');
  const [ring] = resources('AWS::SQS::Queue').filter(({ Properties }) => Properties['FifoQueue'] === true && Properties['VisibilityTimeout'] !== undefined);
  expect(ring?.Properties['VisibilityTimeout']).toBe(35);
});
