import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Architecture, LoggingFormat, Runtime, SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface FunctionOptions {
  /** The file of `functions/lambda/` that exports `handler`. */
  entry: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
}

const LAMBDA_FOLDER = join(import.meta.dirname, '../../functions/lambda');
const ROOT = join(import.meta.dirname, '../..');

/** One function of the control plane, bundled with what it imports: the size of the bundle is the length of a cold start. */
export function controlPlaneFunction(scope: Construct, id: string, options: FunctionOptions): NodejsFunction {
  return new NodejsFunction(scope, id, {
    entry: join(LAMBDA_FOLDER, options.entry),
    projectRoot: ROOT,
    depsLockFilePath: join(ROOT, 'package-lock.json'),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: options.memoryMb,
    timeout: Duration.seconds(options.timeoutSeconds),
    environment: options.environment,
    loggingFormat: LoggingFormat.JSON,
    systemLogLevelV2: SystemLogLevel.WARN, // START and END lines of every heartbeat would cost more than the heartbeats
    logGroup: new LogGroup(scope, `${id}Log`, { retention: RetentionDays.TWO_WEEKS }),
    bundling: {
      format: OutputFormat.ESM,
      mainFields: ['module', 'main'],
      minify: true,
      keepNames: true,
      sourceMap: false,
      target: 'node20',
      externalModules: [], // the runtime's own SDK is not pinned, and loads slower than a bundled one
      banner: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}
