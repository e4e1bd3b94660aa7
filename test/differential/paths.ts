import type { ApiResource } from '#api/resource';
import { NAMESPACE } from './samples.ts';

export function collectionPath({ group, version, resource, namespaced }: ApiResource): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespaced ? `/namespaces/${NAMESPACE}` : ''}/${resource}`;
}
