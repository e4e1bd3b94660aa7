import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { AdmissionDeps } from './request.ts';
import { admit } from './admit.ts';

const USER = { name: 'system:kube-controller-manager', groups: ['system:masters', 'system:authenticated'] };

/**
 * Admission of what the loop creates: it writes to the store without a request, and a pod from a template must get its token volume,
 * tolerations and priority as any other. Handed to the loop by the composition root.
 */
export function controllerAdmission(deps: AdmissionDeps): (resource: ApiResource, object: KubeObject) => Promise<void> {
  return (resource, object) => {
    const { namespace = '', name = '' } = object.metadata;
    return admit({ operation: 'CREATE', user: USER, resource, subresource: '', namespace, name, object }, deps);
  };
}
