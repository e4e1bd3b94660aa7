import { expect, test } from 'vitest';
import type { Pod } from '#api/schema/kinds.generated';
import { genericEntries } from '#cli/render/describe/generic';
import { layOut, part } from '#cli/render/describe/layout';
import { podEntries } from '#cli/render/describe/pod';

const NOW_MS = Date.parse('2026-01-01T01:00:00Z');
const metadata = { name: 'a', namespace: 'n', labels: { b: '2', a: '1' }, creationTimestamp: '2026-01-01T00:00:00Z' };

test('values of a level stand below each other, parts are indented, nothing is <none>', () => {
  expect(layOut([['Name', 'a'], ['Longer Label', ['x', 'y']], ['Part', part([['In', 'z']])], ['Empty', []]])).toBe(
    'Name:          a\nLonger Label:  x\n               y\nPart:\n  In:  z\nEmpty:         <none>\n',
  );
});

test('a pod: where it is, how its containers are, and what a Secret holds is not told', () => {
  const pod: Pod = {
    metadata,
    spec: { nodeName: 'vm', containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 80 }], env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }] },
    status: { phase: 'Running', podIP: '10.0.0.1', containerStatuses: [{ name: 'web', ready: false, restartCount: 2, image: '', imageID: '', state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 3, reason: 'Error' } } }] },
  };
  const told = layOut(podEntries(pod, NOW_MS));
  for (const line of [/^Labels: +a=1$/m, /^ +b=2$/m, /^Created: +2026-01-01T00:00:00Z \(60m ago\)$/m, /^Node: +vm$/m, /^ {4}Ports: +80\/TCP$/m, /^ {4}State: +Waiting: CrashLoopBackOff$/m, /^ {4}Last State: +Terminated: Error, exit code 3$/m, /^ {4}Environment: +P: <key 'k' of Secret s>$/m]) {
    expect(told).toMatch(line);
  }
});

test('any other kind: its fields as a tree; of a Secret the sizes', () => {
  const told = layOut(genericEntries({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { 'db.password': 'aHVudGVyMg==' } }, NOW_MS));
  expect(told).toContain('Data:\n  db.password:  7 bytes\n');
  expect(told).not.toContain('aHVudGVyMg');
  expect(layOut(genericEntries({ kind: 'X', metadata: {}, spec: { restartPolicy: 'Never', list: [1, 2], items: [{ a: true }] } }, NOW_MS))).toContain('Spec:\n  Restart Policy:  Never\n  List:            1\n                   2\n  Items 1:\n    A:  true\n');
});
