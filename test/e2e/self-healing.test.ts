import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { WEB_V1, ensureWebImages, killContainer } from '#test/support/images';
import { kubectl, runKubectl, startKubectl } from '#test/support/kubectl';
import { type TestNamespace, createNamespace } from './namespace.ts';

let namespace: TestNamespace;

beforeAll(async () => {
  await ensureWebImages();
  namespace = await createNamespace('healing');
  await namespace.kubectl(['create', 'deployment', 'web', `--image=${WEB_V1}`, '--replicas=2']);
  await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
});
afterAll(() => namespace.remove());

const podNames = async () => (await namespace.kubectl(['get', 'pods', '-o', 'jsonpath={.items[*].metadata.name}'])).split(' ').sort();

test('a killed container is restarted in its pod', async () => {
  const [name = ''] = await podNames();
  await killContainer({ namespace: namespace.name, name }, 'web');
  await eventually('one restart, ready again', async () => {
    const pod = await namespace.kubectl(['get', 'pod', name, '--no-headers']);
    return /^\S+\s+1\/1\s+Running\s+1 /.test(pod);
  });
  const last = await namespace.kubectl(['get', 'pod', name, '-o', 'jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}']);
  expect(last).toBe('137');
});

test('a deleted pod is replaced by another, and get -w shows it happen', async () => {
  const before = await podNames();
  const watch = startKubectl(['get', 'pods', '-w', '--no-headers'], { namespace: namespace.name });
  let seen = '';
  watch.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  try {
    await eventually('the watch shows what is there', async () => before.every((name) => seen.includes(name)));
    await namespace.kubectl(['delete', 'pod', before[0] ?? '', '--timeout=60s']);
    const after = await eventually('two ready pods', async () => {
      const names = await podNames();
      const ready = await namespace.kubectl(['get', 'deployment', 'web', '-o', 'jsonpath={.status.readyReplicas}']);
      return ready === '2' && names.length === 2 && names;
    });
    const added = after.find((name) => !before.includes(name)) ?? '';
    expect(after).not.toContain(before[0]);
    await eventually('the watch shows the new pod running', async () => new RegExp(`^${added}\\s+1/1\\s+Running`, 'm').test(seen));
    expect(seen).toMatch(new RegExp(`^${before[0]}\\s+\\d/1\\s+Terminating`, 'm'));
  } finally {
    watch.kill('SIGKILL');
  }
});

test('a namespace is deleted with everything in it', async () => {
  const doomed = await createNamespace('doomed');
  await doomed.kubectl(['create', 'deployment', 'web', `--image=${WEB_V1}`]);
  await doomed.kubectl(['create', 'configmap', 'settings', '--from-literal=a=b']);
  await doomed.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  await kubectl(['delete', 'namespace', doomed.name, '--timeout=90s'], { timeoutMs: 100_000 });
  const gone = await runKubectl(['get', 'namespace', doomed.name]);
  expect(gone.stderr).toContain(`Error from server (NotFound): namespaces "${doomed.name}" not found`);
  expect((await runKubectl(['get', 'pods', '-n', doomed.name, '--no-headers'])).stdout).toBe('');
});
