import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, RecursiveLoop, Runtime, SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { NEEDS, TIMEOUTS, VARIABLES, type FunctionName, type VariableName } from '#lambda/names';

export interface FunctionOptions {
  name: FunctionName;
  memoryMb: number;
  /** The folder with the functions' bundles. */
  bundles: string;
  /** The values of all variables; the function gets those that it needs. */
  values: Record<VariableName, string>;
}

/** One function of the control plane. Its role is its own: Lambda's managed policy would let it write to every log of the account. */
export function controlPlaneFunction(scope: Construct, id: string, { name, memoryMb, bundles, values }: FunctionOptions): LambdaFunction {
  const logGroup = new LogGroup(scope, `${id}Log`, { retention: RetentionDays.TWO_WEEKS, removalPolicy: RemovalPolicy.DESTROY });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return new LambdaFunction(scope, id, {
    code: Code.fromAsset(join(bundles, name)),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: memoryMb,
    timeout: Duration.seconds(TIMEOUTS[name]),
    environment: Object.fromEntries(NEEDS[name].map((variable) => [VARIABLES[variable], values[variable]])),
    // A loop that rings for itself is what Lambda otherwise takes for a mistake: after 16 rounds it would end the chain without a word.
    recursiveLoop: RecursiveLoop.ALLOW,
    loggingFormat: LoggingFormat.JSON,
    systemLogLevelV2: SystemLogLevel.WARN, // START and END lines of every heartbeat would cost more than the heartbeats
    logGroup,
    role,
  });
}
