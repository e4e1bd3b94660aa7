import { DescribeStackEventsCommand, type CloudFormationClient, type StackEvent } from '@aws-sdk/client-cloudformation';
import { systemClock } from '#client/clock';

/** How an operation on a stack has ended. */
export interface Outcome {
  status: string;
  /** The first resource that failed, and why: the others fail because of it. */
  failure?: string;
}

interface Followed {
  /** Not the name: that is gone with the stack. */
  id: string;
  /** The operation's own: events of those before stay in the list. */
  token: string;
  say(detail: string): void;
}

const POLL_MS = 2000;

/** Until the stack itself has reached an end. */
export async function followStack(client: CloudFormationClient, { id, token, say }: Followed): Promise<Outcome> {
  for (;;) {
    const events = await eventsOf(client, { id, token });
    const latest = events.at(-1);
    const own = events.filter(({ PhysicalResourceId }) => PhysicalResourceId === id).at(-1);
    if (own !== undefined && /_(COMPLETE|FAILED)$/.test(own.ResourceStatus ?? '')) return outcomeOf(own, events);
    if (latest !== undefined) say(progressOf(events, latest, id));
    await systemClock.sleep(POLL_MS);
  }
}

/** Oldest first. */
async function eventsOf(client: CloudFormationClient, { id, token }: Pick<Followed, 'id' | 'token'>): Promise<StackEvent[]> {
  const found: StackEvent[] = [];
  let next: string | undefined;
  do {
    const { StackEvents = [], NextToken } = await client.send(new DescribeStackEventsCommand({ StackName: id, NextToken: next }));
    const ours = StackEvents.filter(({ ClientRequestToken }) => ClientRequestToken === token);
    found.push(...ours);
    // Newest come first: behind a page without ours there are only elder operations.
    next = ours.length === 0 ? undefined : NextToken;
  } while (next !== undefined);
  return found.reverse();
}

function progressOf(events: readonly StackEvent[], latest: StackEvent, stackId: string): string {
  const done = new Set(events.filter(({ ResourceStatus = '', PhysicalResourceId }) => ResourceStatus.endsWith('_COMPLETE') && PhysicalResourceId !== stackId).map(({ LogicalResourceId }) => LogicalResourceId));
  const status = (latest.ResourceStatus ?? '').toLowerCase().replaceAll('_', ' ');
  return `${done.size} done, ${latest.LogicalResourceId ?? ''}: ${status}`;
}

function outcomeOf({ ResourceStatus }: StackEvent, events: readonly StackEvent[]): Outcome {
  const status = ResourceStatus ?? '';
  const failed = events.find(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_FAILED'));
  return failed === undefined ? { status } : { status, failure: `${failed.LogicalResourceId ?? ''} (${failed.ResourceType ?? ''}): ${failed.ResourceStatusReason ?? ''}` };
}
