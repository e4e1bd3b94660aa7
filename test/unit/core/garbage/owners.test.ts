import { expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import { judgeDependent } from '#core/garbage/owners';
import type { OwnerState } from '#core/garbage/owners';

test.each<[string, Record<string, OwnerState>, { hasDependents?: boolean; finalizers?: string[]; deleting?: boolean }, object]>([
  ['no owners', {}, {}, { action: 'keep' }],
  ['its owner is there', { a: 'present' }, {}, { action: 'keep' }],
  ['nobody can tell', { a: 'unknown' }, {}, { action: 'keep' }],
  ['its owner is gone', { a: 'absent' }, {}, { action: 'delete', propagationPolicy: 'Background' }],
  ['one of two is gone', { a: 'absent', b: 'present' }, {}, { action: 'dropReferences', uids: ['a'] }],
  ['one is gone, of the other nobody can tell', { a: 'absent', b: 'unknown' }, {}, { action: 'dropReferences', uids: ['a'] }],
  ['its owner waits for it', { a: 'deletingDependents' }, {}, { action: 'delete', propagationPolicy: 'Background' }],
  ['its owner waits for it, and it for others', { a: 'deletingDependents' }, { hasDependents: true }, { action: 'delete', propagationPolicy: 'Foreground' }],
  ['it was told to leave its own dependants', { a: 'absent' }, { finalizers: ['orphan'] }, { action: 'delete', propagationPolicy: 'Orphan' }],
  ['it goes already', { a: 'absent' }, { deleting: true }, { action: 'keep' }],
])('%s', (_name, states, { hasDependents = false, finalizers = [], deleting = false }, verdict) => {
  const ownerReferences = Object.keys(states).map((uid) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid }));
  const object: KubeObject = { metadata: { ownerReferences, finalizers, ...(deleting ? { deletionTimestamp: 'now' } : {}) } };
  expect(judgeDependent(object, ({ uid }) => states[uid] ?? 'unknown', hasDependents)).toEqual(verdict);
});
