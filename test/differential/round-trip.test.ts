import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { fullSamples } from './full-samples.ts';
import known from './known-differences.json' with { type: 'json' };
import { ourServer } from './our-server.ts';
import { recorded, type RecordedWalk } from './recording.ts';
import { others, samples } from './samples.ts';
import { setUp } from './walk-setting.ts';
import { walk, type Step } from './walk.ts';

let api: ApiServer;

beforeAll(async () => {
  api = await startApiServer({ config: { serviceCidr: '10.0.0.0/16' } });
  await setUp(ourServer(api).send);
});
afterAll(() => api.close());

const theirs = recorded<RecordedWalk>('round-trip.json');
const all = [...samples(), ...others(), ...fullSamples()];
const exempt: Record<string, string> = known['steps of walks that come out otherwise'];

test.each(all.map((sample, i) => [`${sample.object.kind} ${sample.object.metadata.name}`, sample, theirs[i]] as const))('%s comes back from each verb as from the real API server', async (name, sample, recording) => {
  const steps = await walk(ourServer(api), sample);
  expect({ name, steps: steps.filter(isCompared(name)) }).toEqual({ name: recording?.name, steps: recording?.steps.filter(isCompared(name)) });
  // A reason that no longer holds goes.
  const differing = steps.filter((step, i) => JSON.stringify(step) !== JSON.stringify(recording?.steps[i])).map(({ step }) => step);
  expect(steps.map(({ step }) => step).filter((step) => !isCompared(name)({ step, code: 0 }) && !differing.includes(step))).toEqual([]);
});

function isCompared(name: string): (step: Step) => boolean {
  return ({ step }) => exempt[`${name}: ${step}`] === undefined;
}
