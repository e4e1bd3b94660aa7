import { expect, test } from 'vitest';
import type { Container, Probe } from '#api/schema/kinds.generated';
import { ContainerProbes } from '#node-agent/probes/container-probes';
import { manualClock } from '#test/support/clock';

async function probing(container: Partial<Container>, answers: (probe: Probe, nth: number) => boolean) {
  const clock = manualClock();
  const unhealthy: string[] = [];
  const asked: number[] = [];
  const counts = new Map<Probe, number>();
  const probes = new ContainerProbes({
    container: { name: 'c', ...container },
    startedAtMs: clock.now(),
    clock,
    run: async (probe) => {
      asked.push(clock.now());
      const nth = counts.get(probe) ?? 0;
      counts.set(probe, nth + 1);
      return { ok: answers(probe, nth), message: 'no' };
    },
    onChange: () => undefined,
    onUnhealthy: (kind) => unhealthy.push(kind),
  });
  const ended = probes.probe();
  await clock.advance(0); // the first probe has its turn
  return { clock, probes, unhealthy, asked, ended };
}

test('without probes a container is started and ready', async () => {
  const { probes } = await probing({}, () => true);
  expect(probes.health).toEqual({ started: true, ready: true });
});

test('readiness waits for its delay and its successes, and is lost after its failures', async () => {
  const { clock, probes, asked } = await probing({ readinessProbe: { initialDelaySeconds: 5, periodSeconds: 2, successThreshold: 2, failureThreshold: 3 } }, (_probe, nth) => nth < 4);
  expect(probes.health.ready).toBe(false);
  await clock.advance(5_000);
  expect([asked.length, probes.health.ready]).toEqual([1, false]);
  await clock.advance(2_000);
  expect(probes.health.ready).toBe(true);
  await clock.advance(8_000); // two more successes, two failures
  expect(probes.health.ready).toBe(true);
  await clock.advance(2_000);
  expect(probes.health.ready).toBe(false);
  probes.stop();
});

test('liveness gives a container up after three failures in a row, and probing ends', async () => {
  const { clock, probes, unhealthy, ended } = await probing({ livenessProbe: { periodSeconds: 1 } }, (_probe, nth) => nth === 2);
  await clock.advance(4_000); // two failures, a success, two failures
  expect(probes.health.failed).toBeUndefined();
  await clock.advance(1_000);
  expect(probes.health.failed).toBe('liveness');
  expect(unhealthy).toHaveLength(5);
  await ended;
});

test('nothing else is probed until startup has succeeded', async () => {
  const startupProbe: Probe = { periodSeconds: 1, failureThreshold: 3 };
  const livenessProbe: Probe = { periodSeconds: 1 };
  const seen: Probe[] = [];
  const { clock, probes } = await probing({ startupProbe, livenessProbe }, (probe, nth) => {
    seen.push(probe);
    return probe === livenessProbe || nth === 2;
  });
  await clock.advance(1_000);
  expect([probes.health.started, seen.includes(livenessProbe)]).toEqual([false, false]);
  await clock.advance(1_000);
  expect(probes.health).toEqual({ started: true, ready: true });
  expect(seen.includes(livenessProbe)).toBe(true);
  probes.stop();
});

test('a startup that never succeeds gives the container up', async () => {
  const { clock, probes, ended } = await probing({ startupProbe: { periodSeconds: 1, failureThreshold: 3 } }, () => false);
  await clock.advance(2_000);
  expect(probes.health).toEqual({ started: false, ready: false, failed: 'startup' });
  await ended;
});
