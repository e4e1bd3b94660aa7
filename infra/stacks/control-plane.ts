import { Aws, CfnOutput, CfnParameter, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnEventSourceMapping, FilterCriteria, FilterRule, FunctionUrlAuthType, InvokeMode, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { controlPlaneFunction } from '../constructs/control-plane-function.ts';
import { allow, grantReceive, grantSend, grantStore, grantStreamRead } from '../constructs/grants.ts';
import { NodeAccess } from '../constructs/node-access.ts';
import { Rings } from '../constructs/rings.ts';
import { Storage } from '../constructs/storage.ts';
import { ENVIRONMENT } from '../names.ts';

const API_TIMEOUT_SECONDS = 900; // the longest that a watch can be held
const WORKER_TIMEOUT_SECONDS = 30;

/**
 * One installation: a request goes api -> table; the api's own ring, or the table's stream by way of dispatch, wakes the worker through the
 * FIFO queue; the worker writes to the table and wakes nodes through their queues. The tick makes up for what was lost.
 */
export class ControlPlaneStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const adminToken = new CfnParameter(this, 'AdminTokenSha256', { description: 'SHA-256, in hexadecimal, of the administrator token', noEcho: true, allowedPattern: '^[0-9a-f]{64}$' });
    const { table } = new Storage(this, 'Storage');
    const rings = new Rings(this, 'Rings');
    // The stack's own unique id: another stack, also one of the same name made later, is another cluster.
    const cluster = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const signingKey = `/${Aws.STACK_NAME}/service-account-keys`;
    const store = { [ENVIRONMENT.table]: table.tableName, [ENVIRONMENT.cluster]: cluster };
    const doorbell = { [ENVIRONMENT.ringQueue]: rings.now.queueUrl, [ENVIRONMENT.laterQueue]: rings.later.queueUrl };

    const api = controlPlaneFunction(this, 'Api', {
      entry: 'api.ts',
      timeoutSeconds: API_TIMEOUT_SECONDS,
      memoryMb: 512,
      environment: { ...store, ...doorbell, [ENVIRONMENT.adminToken]: adminToken.valueAsString, [ENVIRONMENT.signingKey]: signingKey },
    });
    const dispatch = controlPlaneFunction(this, 'Dispatch', { entry: 'dispatch.ts', timeoutSeconds: 30, memoryMb: 256, environment: doorbell });
    const worker = controlPlaneFunction(this, 'Worker', { entry: 'worker.ts', timeoutSeconds: WORKER_TIMEOUT_SECONDS, memoryMb: 512, environment: { ...store, ...doorbell } });
    const tick = controlPlaneFunction(this, 'Tick', { entry: 'tick.ts', timeoutSeconds: 30, memoryMb: 256, environment: { ...store, ...doorbell } });

    const nodes = new NodeAccess(this, 'Nodes', api);
    api.addEnvironment(ENVIRONMENT.nodeRole, nodes.role.roleArn);
    for (const fn of [api, worker, tick]) {
      fn.addEnvironment(ENVIRONMENT.nodeQueuePrefix, nodes.queuePrefix);
      nodes.grantWake(fn);
      grantStore(fn, table);
    }
    for (const fn of [api, dispatch, worker, tick]) grantSend(fn, [rings.now, rings.later]);
    const parameterArn = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${signingKey}`;
    allow(api, ['ssm:GetParameter', 'ssm:PutParameter'], [parameterArn]);

    this.mapStream(dispatch, table.tableStreamArn ?? '');
    grantStreamRead(dispatch, table);
    this.mapQueue(worker, rings.now.queueArn, 'RingNow');
    this.mapQueue(worker, rings.later.queueArn, 'RingLater');
    grantReceive(worker, [rings.now, rings.later]);
    new Rule(this, 'EveryMinute', { schedule: Schedule.rate(Duration.minutes(1)), targets: [new LambdaFunction(tick, { retryAttempts: 0 })] });

    const url = api.addFunctionUrl({ authType: FunctionUrlAuthType.NONE, invokeMode: InvokeMode.RESPONSE_STREAM });
    new CfnOutput(this, 'Url', { value: url.url, description: 'The Kubernetes API' });
  }

  // Only log entries that the loop did not write itself reach dispatch: records that the filter drops cost nothing.
  private mapStream(target: NodejsFunction, streamArn: string): void {
    new CfnEventSourceMapping(this, 'Stream', {
      functionName: target.functionName,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maximumRetryAttempts: 3, // a record that cannot be handled must not hold the shard for a day: the tick makes up for its ring
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      filterCriteria: {
        filters: [
          FilterCriteria.filter({
            eventName: ['INSERT'],
            dynamodb: { NewImage: { type: { S: ['entry'] }, by: { S: FilterRule.notEquals('loop') } } },
          }) as { pattern: string },
          FilterCriteria.filter({ eventName: ['INSERT'], dynamodb: { NewImage: { type: { S: ['entry'] }, by: FilterRule.notExists() } } }) as { pattern: string },
        ],
      },
    });
  }

  private mapQueue(target: NodejsFunction, queueArn: string, id: string): void {
    new CfnEventSourceMapping(this, id, { functionName: target.functionName, eventSourceArn: queueArn, batchSize: 10, functionResponseTypes: ['ReportBatchItemFailures'] });
  }
}
