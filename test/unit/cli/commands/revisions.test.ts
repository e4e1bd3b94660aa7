import { expect, test } from 'vitest';
import type { ControllerRevision } from '#api/schema/kinds.generated';
import { inControllerRevisions } from '#cli/commands/workloads/revisions';

const revision = (name: string, number: number, cause?: string): ControllerRevision => ({
  metadata: { name, ...(cause === undefined ? {} : { annotations: { 'kubernetes.io/change-cause': cause } }) },
  revision: number,
  data: { spec: { template: { metadata: { labels: { app: name } }, $patch: 'replace' } } },
});

test('the revisions of a StatefulSet or DaemonSet: by number, each with its cause and the template that it goes back to', () => {
  expect(inControllerRevisions([revision('c', 10), revision('a', 2, 'a new image'), revision('b', 3)])).toEqual([
    { number: 2, cause: 'a new image', template: { metadata: { labels: { app: 'a' } } } },
    { number: 3, cause: '<none>', template: { metadata: { labels: { app: 'b' } } } },
    { number: 10, cause: '<none>', template: { metadata: { labels: { app: 'c' } } } },
  ]);
});
