import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

// How long a crashed worker stalls its cluster. Not the usual six times the function's timeout: the loop stops itself well before.
const VISIBILITY = Duration.seconds(35);
const RECEIVES_BEFORE_DEAD = 5;
const RETENTION = Duration.days(14);

/** The doorbell's queues. A ring carries no work, so a dead letter is a symptom to look at and never a loss. */
export class Rings extends Construct {
  readonly now: Queue;
  readonly later: Queue;
  readonly dead: { now: Queue; later: Queue };

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.dead = {
      now: new Queue(this, 'NowDead', { fifo: true, retentionPeriod: RETENTION }),
      later: new Queue(this, 'LaterDead', { retentionPeriod: RETENTION }),
    };
    this.now = new Queue(this, 'Now', {
      fifo: true,
      visibilityTimeout: VISIBILITY,
      encryption: QueueEncryption.SQS_MANAGED,
      deadLetterQueue: { maxReceiveCount: RECEIVES_BEFORE_DEAD, queue: this.dead.now },
    });
    this.later = new Queue(this, 'Later', {
      visibilityTimeout: VISIBILITY,
      encryption: QueueEncryption.SQS_MANAGED,
      deadLetterQueue: { maxReceiveCount: RECEIVES_BEFORE_DEAD, queue: this.dead.later },
    });
  }
}
