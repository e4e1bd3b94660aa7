import { REGION } from '../account.ts';
import type { AwsJson } from '../endpoint/aws-json.ts';
import { pause, repeat, type Source } from './source.ts';

export interface QueueMappingOptions {
  queueUrl: string;
  queueArn: string;
  batchSize: number;
  maximumConcurrency: number;
  /** What was not handled comes again at once. */
  hurries: boolean;
  sqs: AwsJson;
  invoke(event: unknown): Promise<unknown>;
  log(line: string): void;
}

interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  Attributes?: Record<string, string>;
}

// Lambda begins with as many.
const POLLERS = 5;
const WAIT_SECONDS = 20;
const THROTTLED_MS = 250;

/** Long-polls a queue and hands what comes to the function; what it does not name as failed is deleted, the rest comes again by itself. */
export function followQueue(options: QueueMappingOptions): Source {
  const pollers = Array.from({ length: Math.min(POLLERS, options.maximumConcurrency) }, (_, index) => repeat(`poller ${index} of ${options.queueUrl}`, (signal) => poll(options, signal), options.log));
  return { stop: async () => void (await Promise.all(pollers.map((poller) => poller.stop()))) };
}

async function poll(options: QueueMappingOptions, signal: AbortSignal): Promise<void> {
  const { sqs, queueUrl, batchSize } = options;
  const ask = { QueueUrl: queueUrl, MaxNumberOfMessages: Math.min(10, batchSize), WaitTimeSeconds: WAIT_SECONDS, AttributeNames: ['All'] };
  const { Messages = [] } = await sqs<{ Messages?: Message[] }>('AmazonSQS.ReceiveMessage', ask, signal);
  if (Messages.length === 0) return;
  const handled = await deliver(options, Messages, signal);
  const rest = Messages.filter((message) => !handled.includes(message));
  if (handled.length > 0) await sqs('AmazonSQS.DeleteMessageBatch', { QueueUrl: queueUrl, Entries: entriesOf(handled) });
  if (rest.length > 0 && options.hurries) await sqs('AmazonSQS.ChangeMessageVisibilityBatch', { QueueUrl: queueUrl, Entries: entriesOf(rest).map((entry) => ({ ...entry, VisibilityTimeout: 0 })) });
}

function entriesOf(messages: Message[]): { Id: string; ReceiptHandle: string }[] {
  return messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
}

async function deliver(options: QueueMappingOptions, messages: Message[], signal: AbortSignal): Promise<Message[]> {
  const event = { Records: messages.map((message) => recordOf(message, options.queueArn)) };
  while (!signal.aborted) {
    try {
      const answer = (await options.invoke(event)) as { batchItemFailures?: { itemIdentifier: string }[] } | null;
      const failed = new Set(answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
      return messages.filter(({ MessageId }) => !failed.has(MessageId));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'Throttled') return [];
      await pause(THROTTLED_MS, signal);
    }
  }
  return [];
}

function recordOf(message: Message, eventSourceARN: string): object {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: {},
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: REGION,
  };
}
