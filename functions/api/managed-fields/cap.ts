import { union } from './field-set.ts';
import { managerId, timeOf, type Manager, type Managers } from './managers.ts';

const MAX_UPDATERS = 10;
const BUCKET = 'ancient-changes';

/** Updaters come and go: beyond ten, the oldest of a version are kept as one. Appliers are never merged. */
export function capped(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update').sort(byAge);
  if (updaters.length <= MAX_UPDATERS) return managers;
  const result = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [id, manager] of updaters) {
    if (count <= MAX_UPDATERS) break;
    const first = firstOfVersion.get(manager.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(manager.apiVersion, id);
      continue;
    }
    const bucket: Omit<Manager, 'fields'> = { name: BUCKET, operation: 'Update', apiVersion: manager.apiVersion, subresource: '', time: manager.time };
    const bucketId = managerId(bucket);
    const before = result.get(bucketId) ?? result.get(first);
    if (!result.has(bucketId)) result.delete(first);
    result.delete(id);
    result.set(bucketId, { ...bucket, fields: before ? union(manager.fields, before.fields) : manager.fields });
    count--;
  }
  return result;
}

function byAge([a, left]: [string, Manager], [b, right]: [string, Manager]): number {
  return timeOf(left) - timeOf(right) || (a < b ? -1 : 1);
}
