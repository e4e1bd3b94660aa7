import { parametersOf, refusal, type Answer, type Call } from '../endpoint/call.ts';

interface Parameters {
  QueueName?: string;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
  DelaySeconds?: number;
}

const MAX_NAME_LENGTH = 80;
const NAME = /^[\w-]+(\.fifo)?$/;
const NAME_REASON = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
const ID = /^[!-~]{1,128}$/;
const MAX_DELAY_SECONDS = 900;

/** What SQS refuses, and fauxqs takes. */
export function refusedBySqs(call: Call): Answer | undefined {
  const { QueueName, DelaySeconds = 0, ...ids } = parametersOf<Parameters>(call);
  // The ending of a FIFO queue counts.
  if (QueueName !== undefined && !(NAME.test(QueueName) && QueueName.length <= MAX_NAME_LENGTH)) return invalid(NAME_REASON);
  if (DelaySeconds < 0 || DelaySeconds > MAX_DELAY_SECONDS) return invalid(`Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}.`);
  for (const name of ['MessageGroupId', 'MessageDeduplicationId'] as const) {
    const value = ids[name];
    if (value !== undefined && !ID.test(value)) return invalid(`Value ${value} for parameter ${name} is invalid. Reason: ${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`);
  }
  return undefined;
}

function invalid(message: string): Answer {
  return refusal('sqs', { code: 'InvalidParameterValue', message });
}
