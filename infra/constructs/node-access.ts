import { Aws, Duration } from 'aws-cdk-lib';
import { ArnPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { allow } from './grants.ts';

/**
 * How workers wait without a connection: a queue for each node, made when the node first asks, and credentials for an hour that reach no other queue.
 * The role covers all node queues; the api function narrows it to one by a session policy (STS: the session has what both allow).
 */
export class NodeAccess extends Construct {
  readonly role: Role;
  private readonly queueArns: string;

  constructor(scope: Construct, id: string, { api, queuePrefix }: { api: IFunction; queuePrefix: string }) {
    super(scope, id);
    this.queueArns = `arn:${Aws.PARTITION}:sqs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${queuePrefix}*`;
    const receive = new PolicyStatement({ actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], resources: [this.queueArns] });
    this.role = new Role(this, 'Role', {
      assumedBy: new ArnPrincipal(api.role?.roleArn ?? ''), // within one account, being named here is all that it takes to assume a role
      maxSessionDuration: Duration.hours(1), // role chaining allows no more
      inlinePolicies: { receive: new PolicyDocument({ statements: [receive] }) },
    });
    allow(api, ['sqs:CreateQueue', 'sqs:DeleteQueue'], [this.queueArns]);
  }

  grantWake(grantee: IFunction): void {
    allow(grantee, ['sqs:SendMessage'], [this.queueArns]);
  }
}
