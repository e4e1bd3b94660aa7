import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../clock.ts';
import type { Channel, ChannelAddress } from './channel.ts';

type SqsAddress = Extract<ChannelAddress, { kind: 'sqs' }>;

/** SQS' longest. */
const WAIT_SECONDS = 20;
const RENEW_BEFORE_MS = 5 * 60_000;

/** The node's own queue. Messages say only "look": all that are there are taken at once. The SDK is loaded by those who need it. */
export function sqsChannel(address: SqsAddress, { clock, renew }: { clock: Clock; renew: () => Promise<ChannelAddress | undefined> }): Channel {
  let current = address;
  let client: SQSClient | undefined;

  return {
    wait: async (signal) => {
      const { SQSClient, ReceiveMessageCommand, DeleteMessageBatchCommand } = await import('@aws-sdk/client-sqs');
      if (current.credentials.expiresAtMs - clock.now() < RENEW_BEFORE_MS) {
        const renewed = await renew();
        if (renewed?.kind !== 'sqs') throw new Error('the server no longer offers a queue');
        current = renewed;
        client?.destroy();
        client = undefined;
      }
      client ??= new SQSClient({ region: current.region, credentials: current.credentials, ...(current.endpoint === undefined ? {} : { endpoint: current.endpoint }) });
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: current.queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: WAIT_SECONDS }), { abortSignal: signal });
      if (Messages.length === 0) return false;
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: current.queueUrl, Entries: Messages.map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle })) }), { abortSignal: signal });
      return true;
    },
  };
}
