import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/** In the app's context: the ARN of the stream of a table that point-in-time recovery has made, which is to take the place of the stack's own. */
const RESTORED = 'restoredTableStream';

/** The one table: on demand, so that an idle installation costs storage alone; its stream wakes the loop when a ring was lost. */
export class Storage extends Construct {
  readonly table: ITable;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const tableStreamArn = this.node.tryGetContext(RESTORED) as string | undefined;
    const table = tableStreamArn === undefined ? this.ownTable() : Table.fromTableAttributes(this, 'Restored', { tableArn: tableStreamArn.replace(/\/stream\/.*/, ''), tableStreamArn });
    this.table = table as ITable; // whose types leave out `undefined`
  }

  private ownTable(): Table {
    return new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
