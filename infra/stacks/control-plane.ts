import { Aws, CfnOutput, CfnParameter, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { CfnEventSourceMapping, FilterCriteria, FilterRule, FunctionUrlAuthType, InvokeMode, StartingPosition, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { LEAST_CONCURRENCY, nodeQueuePrefix, OUTPUTS, PARAMETERS, secretsParameter, VARIABLES, type VariableName } from '#lambda/names';
import { controlPlaneFunction } from '../constructs/control-plane-function.ts';
import { Alarms } from '../constructs/alarms.ts';
import { allow, grantClaims, grantRead, grantReceive, grantSend, grantStore, grantStreamRead } from '../constructs/grants.ts';
import { NodeAccess } from '../constructs/node-access.ts';
import { RelayGateway } from '../constructs/relay-gateway.ts';
import { Rings } from '../constructs/rings.ts';
import { Storage } from '../constructs/storage.ts';

interface ControlPlaneProps extends StackProps {
  /** The folder with the functions' bundles. */
  bundles: string;
}

/**
 * One installation: a request goes api -> table; the api's own ring, or the table's stream by way of dispatch, wakes the worker through the
 * FIFO queue; the worker writes to the table and wakes nodes through their queues. The tick makes up for what was lost.
 */
export class ControlPlaneStack extends Stack {
  constructor(scope: Construct, id: string, { bundles, ...props }: ControlPlaneProps) {
    super(scope, id, props);
    const adminToken = new CfnParameter(this, PARAMETERS.adminToken, { description: 'SHA-256, in hexadecimal, of the administrator token', noEcho: true, allowedPattern: '^[0-9a-f]{64}$' });
    const concurrency = new CfnParameter(this, PARAMETERS.accountConcurrency, {
      description: 'Concurrent executions of Lambda functions in this account and region. New accounts have 10: ask Service Quotas for 1000, it costs nothing',
      type: 'Number',
      default: LEAST_CONCURRENCY,
      minValue: LEAST_CONCURRENCY,
    });
    const { table } = new Storage(this, 'Storage');
    const rings = new Rings(this, 'Rings');
    // The stack's own unique id: another stack, also one of the same name made later, is another cluster.
    const cluster = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const secrets = secretsParameter(Aws.STACK_NAME);
    const queuePrefix = nodeQueuePrefix(cluster);
    const values: Record<VariableName, string> = {
      table: table.tableName,
      cluster,
      adminToken: adminToken.valueAsString,
      ringQueue: rings.now.queueUrl,
      laterQueue: rings.later.queueUrl,
      nodeQueuePrefix: queuePrefix,
      nodeRole: '', // it trusts the api function's role, so it comes after the function
      accountConcurrency: concurrency.valueAsString,
      secrets,
      relayUrl: '', // the gateway calls the relay function, so it comes after it
    };

    const api = controlPlaneFunction(this, 'Api', { name: 'api', memoryMb: 512, bundles, values });
    const dispatch = controlPlaneFunction(this, 'Dispatch', { name: 'dispatch', memoryMb: 256, bundles, values });
    const worker = controlPlaneFunction(this, 'Worker', { name: 'worker', memoryMb: 512, bundles, values });
    const tick = controlPlaneFunction(this, 'Tick', { name: 'tick', memoryMb: 256, bundles, values });
    const relay = controlPlaneFunction(this, 'Relay', { name: 'relay', memoryMb: 256, bundles, values });

    for (const fn of [api, worker]) grantStore(fn, table);
    grantRead(tick, table);
    grantClaims(relay, table);
    for (const fn of [api, dispatch, tick]) grantSend(fn, [rings.now]);
    grantSend(worker, [rings.later]);
    allow(api, ['ssm:GetParameter', 'ssm:PutParameter'], [`arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${secrets}`]);

    const nodes = new NodeAccess(this, 'Nodes', { api, queuePrefix });
    for (const fn of [worker, relay]) nodes.grantWake(fn);
    api.addEnvironment(VARIABLES.nodeRole, nodes.role.roleArn);
    api.addEnvironment(VARIABLES.relayUrl, new RelayGateway(this, 'Gateway', { relay }).url);

    this.mapStream(dispatch, table.tableStreamArn ?? '');
    grantStreamRead(dispatch, table);
    // The least that Lambda takes: a backlog must not use up what the API needs.
    this.mapQueue('RingNow', worker, { queueArn: rings.now.queueArn, maximumConcurrency: 2 });
    grantReceive(worker, [rings.now]);
    // By way of the first queue, and not straight to the worker: only there rings of one cluster follow one another.
    // Without a bound, because only then Lambda's idle pollers come down from five to two; what it does takes milliseconds.
    this.mapQueue('RingLater', dispatch, { queueArn: rings.later.queueArn });
    grantReceive(dispatch, [rings.later]);
    new Rule(this, 'EveryMinute', { schedule: Schedule.rate(Duration.minutes(1)), targets: [new FunctionTarget(tick, { retryAttempts: 0 })] });

    const url = api.addFunctionUrl({ authType: FunctionUrlAuthType.NONE, invokeMode: InvokeMode.RESPONSE_STREAM });
    const alarms = new Alarms(this, 'Alarms', { functions: { Api: api, Dispatch: dispatch, Worker: worker, Tick: tick, Relay: relay }, api, dispatch, table, deadLetters: { Now: rings.dead.now, Later: rings.dead.later } });

    new CfnOutput(this, OUTPUTS.url, { value: url.url, description: 'The Kubernetes API' });
    new CfnOutput(this, OUTPUTS.cluster, { value: cluster, description: 'What the keys of the cluster in the table begin with' });
    new CfnOutput(this, OUTPUTS.table, { value: table.tableName, description: 'All state; it stays when the stack is deleted' });
    new CfnOutput(this, OUTPUTS.alarmTopic, { value: alarms.topic.topicArn, description: 'Subscribe to it to hear of alarms' });
  }

  // Only log entries that the loop did not write itself reach dispatch: records that the filter drops cost nothing.
  private mapStream(target: LambdaFunction, streamArn: string): void {
    const entryBy = (by: unknown) => FilterCriteria.filter({ eventName: ['INSERT'], dynamodb: { NewImage: { type: { S: ['entry'] }, by } } }) as { pattern: string };
    const mapping = new CfnEventSourceMapping(this, 'Stream', {
      functionName: target.functionName,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maximumRetryAttempts: 3, // a record that cannot be handled must not hold the shard for a day: the tick makes up for its ring
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      filterCriteria: { filters: [entryBy({ S: FilterRule.notEquals('loop') }), entryBy({ S: FilterRule.notExists() })] },
    });
    afterItsRights(mapping, target);
  }

  private mapQueue(id: string, target: LambdaFunction, { queueArn, maximumConcurrency }: { queueArn: string; maximumConcurrency?: number }): void {
    const mapping = new CfnEventSourceMapping(this, id, {
      functionName: target.functionName,
      eventSourceArn: queueArn,
      batchSize: 10,
      functionResponseTypes: ['ReportBatchItemFailures'],
      ...(maximumConcurrency === undefined ? {} : { scalingConfig: { maximumConcurrency } }),
    });
    afterItsRights(mapping, target);
  }
}

// Lambda refuses a mapping whose function may not read the source yet.
function afterItsRights(mapping: CfnEventSourceMapping, target: LambdaFunction): void {
  if (target.role) mapping.node.addDependency(target.role);
}
