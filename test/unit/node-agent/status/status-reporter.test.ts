import { expect, test } from 'vitest';
import type { PodStatus } from '#api/schema/kinds.generated';
import { ApiClient } from '#client/api-client';
import type { Pod } from '#node-agent/pod';
import { statusReporter } from '#node-agent/status/status-reporter';
import { manualClock } from '#test/support/clock';

const POD: Pod = { metadata: { name: 'web', namespace: 'default', uid: '1' }, spec: { containers: [] } };
const BEING_MADE = statusOf('Pending', { waiting: { reason: 'ContainerCreating' } });
const HINDERED = statusOf('Pending', { waiting: { reason: 'ErrImagePull' } });
const RUNNING = statusOf('Running', { running: { startedAt: '2026-01-01T00:00:00Z' } });

function statusOf(phase: string, state: NonNullable<PodStatus['containerStatuses']>[number]['state']): PodStatus {
  return { phase, containerStatuses: [{ name: 'c', image: 'a:1', imageID: '', ready: phase === 'Running', restartCount: 0, ...(state && { state }) }] };
}

function reporter() {
  const clock = manualClock();
  const told: string[] = [];
  const client = new ApiClient(async ({ body }) => {
    told.push((JSON.parse(body as string) as { status: PodStatus }).status.phase ?? 'unchanged');
    return { status: 200, header: () => undefined, body: (async function* () { yield new TextEncoder().encode('{}'); })() };
  });
  return { clock, told, statuses: statusReporter({ client, clock, log: () => undefined }) };
}

test('a pod that runs at once is reported once', async () => {
  const { clock, told, statuses } = reporter();
  statuses.report(POD, BEING_MADE);
  await clock.advance(900);
  statuses.report(POD, RUNNING);
  await clock.advance(5_000);
  expect(told).toEqual(['Running']);
});

test('one that takes longer is said to be being made, and one that is hindered at once', async () => {
  const { clock, told, statuses } = reporter();
  statuses.report(POD, BEING_MADE);
  await clock.advance(500);
  statuses.report(POD, BEING_MADE);
  await clock.advance(500);
  expect(told).toEqual(['Pending']);
  statuses.report(POD, HINDERED);
  await clock.advance(0);
  expect(told).toHaveLength(2);
});
