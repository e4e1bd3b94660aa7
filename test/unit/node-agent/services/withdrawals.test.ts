import { beforeEach, expect, test } from 'vitest';
import type { ServiceFacts } from '#node-agent/services/service-view';
import { type Withdrawals, createWithdrawals } from '#node-agent/services/withdrawals';
import { type ManualClock, manualClock } from '#test/support/clock';

type State = 'ready' | 'unready' | 'terminating' | 'published while terminating';

const web: ServiceFacts = { namespace: 'default', name: 'web', type: 'ClusterIP', clusterIps: ['10.128.0.9'], headless: false, externalIps: [], ingressIps: [], sourceRanges: [], ports: [], publishNotReady: false, endpoints: [] };
const behind = (state: State, service: Partial<ServiceFacts> = {}) => ({
  services: [{ ...web, ...service, endpoints: [{ ip: '10.64.0.1', podUid: 'u1', ready: state === 'ready' || state === 'published while terminating', terminating: /terminating/.test(state), ports: [] }] }],
});

let clock: ManualClock;
let withdrawals: Withdrawals;
beforeEach(() => {
  clock = manualClock();
  withdrawals = createWithdrawals(clock);
});

/** How long a pod's end is held up while `happens` goes on. */
async function heldUpMs(happens: () => Promise<void>): Promise<number> {
  const startMs = clock.now();
  let endMs: number | undefined;
  void withdrawals.withdrawn('u1', 5000).then(() => (endMs = clock.now()));
  await clock.advance(0);
  await happens();
  for (let i = 0; i < 100 && endMs === undefined; i++) await clock.advance(100);
  return (endMs ?? Infinity) - startMs;
}
const nothing = async () => undefined;

test('a pod behind no Service ends at once, and so does one that nothing is sent to', async () => {
  expect(await heldUpMs(nothing)).toBe(0);
  withdrawals.applied(behind('unready'));
  expect(await heldUpMs(nothing)).toBe(0);
  withdrawals.applied(behind('ready', { headless: true }));
  expect(await heldUpMs(nothing)).toBe(0);
});

test.each<State>(['terminating', 'published while terminating', 'unready'])('a ready pod ends a little after the rules know it as %s', async (state) => {
  withdrawals.applied(behind('ready'));
  const ms = await heldUpMs(async () => {
    await clock.advance(1000);
    withdrawals.applied(behind(state));
  });
  expect(ms).toBeGreaterThan(1000);
  expect(ms).toBeLessThan(2000);
});

test('one that the rules dropped a moment ago has its moment too', async () => {
  withdrawals.applied(behind('terminating'));
  expect(await heldUpMs(nothing)).toBeGreaterThan(0);
});

test('a control plane that says nothing holds nobody up for long', async () => {
  withdrawals.applied(behind('ready'));
  expect(await heldUpMs(nothing)).toBe(5000);
});
