import type { Deployed } from '../template/deploy.ts';
import type { Authority } from './authority.ts';
import type { Right } from './right.ts';

// What Lambda itself does in the role of a mapping's function, by the developer guide on each kind of source.
const QUEUE_ACTIONS = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
const STREAM_ACTIONS = ['DescribeStream', 'GetRecords', 'GetShardIterator'];

/** Lambda makes no mapping whose function may not read its source. */
export async function requireSourceRights({ functions, queues, streams }: Pick<Deployed, 'functions' | 'queues' | 'streams'>, authority: Authority): Promise<void> {
  for (const { functionId, queueArn } of queues) {
    await requireRights(functionId, QUEUE_ACTIONS.map((action) => ({ action: `sqs:${action}`, resource: queueArn })));
  }
  for (const { functionId, streamArn } of streams) {
    const reads = STREAM_ACTIONS.map((action) => ({ action: `dynamodb:${action}`, resource: streamArn }));
    await requireRights(functionId, [...reads, { action: 'dynamodb:ListStreams', resource: '*' }]);
  }

  async function requireRights(functionId: string, rights: Right[]): Promise<void> {
    const { name: session = '', roleArn = '' } = functions.find(({ id }) => id === functionId) ?? {};
    const role = authority.role(roleArn);
    for (const right of rights) {
      if (role && (await authority.isAllowed({ role, session }, right))) continue;
      throw new Error(`The provided execution role does not have permissions to call ${right.action} on ${right.resource}`);
    }
  }
}
