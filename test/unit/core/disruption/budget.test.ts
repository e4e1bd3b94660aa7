import { describe, expect, test } from 'vitest';
import type { Pod, PodDisruptionBudget } from '#api/schema/kinds.generated';
import { budgetStatus } from '#core/disruption/budget';
import { judgeEviction, withDisruption } from '#core/disruption/eviction';

const NOW = Date.UTC(2026, 0, 1);

describe('how many may be evicted', () => {
  test.each<[string, NonNullable<PodDisruptionBudget['spec']>, { ready: number; wanted: number }, { desiredHealthy: number; expectedPods: number; disruptionsAllowed: number }]>([
    ['a count of pods', { minAvailable: 2 }, { ready: 3, wanted: 9 }, { desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 1 }],
    ['a share of what is wanted, rounded up', { minAvailable: '50%' }, { ready: 2, wanted: 3 }, { desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 0 }],
    ['what may be missing', { maxUnavailable: 1 }, { ready: 3, wanted: 3 }, { desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 1 }],
    ['more may be missing than there is', { maxUnavailable: 5 }, { ready: 3, wanted: 3 }, { desiredHealthy: 0, expectedPods: 3, disruptionsAllowed: 3 }],
    ['nobody wants the pods', { maxUnavailable: 1 }, { ready: 1, wanted: 0 }, { desiredHealthy: 0, expectedPods: 0, disruptionsAllowed: 0 }],
  ])('%s', (_name, spec, { ready, wanted }, expected) => {
    const pods = Array.from({ length: ready }, (_, i) => pod(`p${i}`));
    const status = budgetStatus({ budget: budget(spec), pods, wanted, nowMs: NOW });
    expect(status).toMatchObject({ ...expected, currentHealthy: ready });
    expect(status.conditions).toMatchObject([{ type: 'DisruptionAllowed', status: expected.disruptionsAllowed > 0 ? 'True' : 'False' }]);
  });

  test('an eviction counts before its pod is gone, and no longer when it never came', () => {
    const noted = withDisruption({ ...budget({ minAvailable: 1 }), status: { currentHealthy: 2, desiredHealthy: 1, expectedPods: 2, disruptionsAllowed: 1 } }, pod('p0'), NOW);
    expect(noted.status).toMatchObject({ disruptionsAllowed: 0 });
    const view = { budget: noted, pods: [pod('p0'), pod('p1')], wanted: 2 };
    expect(budgetStatus({ ...view, nowMs: NOW + 1_000 })).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0 });
    expect(budgetStatus({ ...view, nowMs: NOW + 121_000 })).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
  });
});

// The causes are those of kube-apiserver 1.36.3.
describe('whether a pod may go', () => {
  const strict = { ...budget({ minAvailable: 1 }), status: { currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed: 0, observedGeneration: 1 } };
  const open = { ...strict, status: { ...strict.status, disruptionsAllowed: 1 } };
  const unready = { ...pod('p'), status: { phase: 'Running' } };

  test.each<[string, Pod, PodDisruptionBudget[], object]>([
    ['no budget', pod('p'), [], { allow: 'freely' }],
    ['none left', pod('p'), [strict], { refuse: 'The disruption budget b needs 1 healthy pods and has 1 currently' }],
    ['one left', pod('p'), [open], { allow: 'counted', budget: open }],
    ['not looked at since it changed', pod('p'), [{ ...open, metadata: { ...open.metadata, generation: 2 } }], { refuse: 'The disruption budget b is still being processed by the server.' }],
    ['two at once', pod('p'), [open, open], { refuse: 'several' }],
    ['finished', { ...pod('p'), status: { phase: 'Failed' } }, [strict], { allow: 'freely' }],
    ['serves nobody while enough others do', unready, [strict], { allow: 'freely' }],
    ['serves nobody, and neither do enough others', unready, [{ ...strict, status: { ...strict.status, currentHealthy: 0 } }], { refuse: 'The disruption budget b needs 1 healthy pods and has 0 currently' }],
    ['of another namespace', { ...pod('p'), metadata: { ...pod('p').metadata, namespace: 'other' } }, [strict], { allow: 'freely' }],
  ])('%s', (_name, one, budgets, expected) => {
    expect(judgeEviction(one, budgets)).toEqual(expected);
  });
});

function budget(spec: NonNullable<PodDisruptionBudget['spec']>): PodDisruptionBudget {
  return { metadata: { name: 'b', namespace: 'default', generation: 1 }, spec: { selector: { matchLabels: { app: 'x' } }, ...spec } };
}

function pod(name: string): Pod {
  return { metadata: { name, namespace: 'default', labels: { app: 'x' } }, spec: { containers: [] }, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
}
