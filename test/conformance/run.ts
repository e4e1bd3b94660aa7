import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { localCluster } from '#test/support/local-cluster';
import { ensureNeeds } from '#test/support/needs';
import { learn, lost, readKnown, writeKnown } from './known.ts';
import { runSuite } from './suite.ts';

/**
 * `npm run conformance -- --focus REGEX [--skip REGEX]`: the official suite of v1.36 against a cluster of its own with one worker. Builds the suite from its
 * public Go modules and makes its images where they are missing (Go and root; about half an hour once).
 *   --build DIR         where they are built and kept
 *   --kubeconfig FILE   against that cluster instead
 *   --serial            the tests that want the cluster for themselves, one at a time
 *   --record            writes what passed and what did not into the two lists beside this file
 */
const { values } = parseArgs({
  options: {
    build: { type: 'string', default: join('.cache', 'peer') },
    focus: { type: 'string', default: '.' },
    skip: { type: 'string' },
    kubeconfig: { type: 'string' },
    output: { type: 'string', default: join('.cache', 'conformance') },
    processes: { type: 'string', default: '4' },
    timeoutMinutes: { type: 'string', default: '180' },
    serial: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const build = resolve(values.build);

await ensureNeeds();
prepare('building the suite', '../differential/peer/build.sh', [build, 'ginkgo', 'e2e.test', 'agnhost']);
prepare('making its images', 'images.sh', [build]);

const cluster = values.kubeconfig === undefined ? localCluster('conformance') : undefined;
const outcomes = await onCluster((kubeconfig) =>
  runSuite({
    build,
    kubeconfig,
    output: resolve(values.output),
    focus: values.focus,
    skip: values.skip,
    serial: values.serial,
    processes: Number(values.processes),
    timeoutMinutes: Number(values.timeoutMinutes),
  }),
);

const known = readKnown();
for (const { name, passed, durationMs, failure } of outcomes) {
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${(durationMs / 1000).toFixed(0).padStart(4)} s  ${name}${failure === undefined ? '' : `\n             ${known.failing[name] ?? failure}`}`);
}
const passed = outcomes.filter((outcome) => outcome.passed).length;
const missing = lost(known, outcomes);
console.log(`\n${passed} passed, ${outcomes.length - passed} failed, ${missing.length} of them passed before`);
for (const { name } of missing) console.log(`  passed before: ${name}`);
if (values.record) writeKnown(learn(known, outcomes));
process.exit(missing.length > 0 || outcomes.length === 0 ? 1 : 0);

async function onCluster<T>(use: (kubeconfig: string) => Promise<T>): Promise<T> {
  if (cluster === undefined) return use(resolve(values.kubeconfig ?? ''));
  try {
    await cluster.up();
    console.error(`the suite runs; its log: ${resolve(values.output, 'e2e.log')}`);
    return await use(cluster.kubeconfig);
  } finally {
    await cluster.remove();
  }
}

function prepare(what: string, script: string, args: string[]): void {
  console.error(`${what} ...`);
  execFileSync('bash', [join(import.meta.dirname, script), ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}
