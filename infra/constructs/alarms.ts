import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface AlarmsOptions {
  functions: Record<string, IFunction>;
  /** All functions share the account's places: whom it hurts first is the one that people call. */
  api: IFunction;
  /** Reads the table's stream. */
  dispatch: IFunction;
  table: ITable;
  deadLetters: Record<string, Queue>;
}

const PERIOD = Duration.minutes(5);
const STALE_STREAM = Duration.minutes(5);

/** What somebody has to look at. Few, because ten are free; nobody hears of them before the topic has a subscriber. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { functions, api, dispatch, table, deadLetters }: AlarmsOptions) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic');
    for (const [name, queue] of Object.entries(deadLetters)) {
      this.alarm(`${name}DeadLetters`, 'A ring that the loop could not take: look into the log of the worker', { metric: queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD }), threshold: 1 });
    }
    // One error passes by itself: rings come again, clients repeat.
    for (const [name, fn] of Object.entries(functions)) {
      this.alarm(`${name}Errors`, `The ${name} function fails again and again`, { metric: fn.metricErrors({ period: PERIOD }), threshold: 1, of: 3, breaching: 2 });
    }
    this.alarm('Throttles', 'The account has no room for requests: ask Service Quotas for more concurrent executions', { metric: api.metricThrottles({ period: PERIOD }), threshold: 10, of: 3, breaching: 2 });
    this.alarm('TableThrottles', 'DynamoDB slows writers down: one resource has more writes than a partition takes', { metric: table.metric('WriteThrottleEvents', { statistic: 'Sum', period: PERIOD }), threshold: 10, of: 3, breaching: 2 });
    const age = dispatch.metric('IteratorAge', { statistic: 'Maximum', period: PERIOD });
    this.alarm('StreamAge', 'What was committed is heard of late: the dispatch function does not keep up', { metric: age, threshold: STALE_STREAM.toMilliseconds() });
  }

  private alarm(id: string, alarmDescription: string, { metric, threshold, of = 1, breaching = 1 }: { metric: IMetric; threshold: number; of?: number; breaching?: number }): void {
    const alarm = new Alarm(this, id, {
      alarmDescription,
      metric,
      threshold,
      evaluationPeriods: of,
      datapointsToAlarm: breaching,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING, // an idle installation measures nothing
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}
