import { NAMESPACES, SERVICE_ACCOUNTS } from './resources.ts';
import { createInNamespace, isActive } from './runtime/namespace-object.ts';
import { DONE } from './runtime/controller.ts';
import type { Controller } from './runtime/controller.ts';

const NAME = 'default';

/** A `default` ServiceAccount in every namespace, before the first pod asks for it. */
export const serviceAccountController: Controller = {
  name: 'serviceaccount-controller',
  sources: [
    { resource: NAMESPACES, keys: ({ object, name }) => (object === undefined ? [] : [name]) },
    { resource: SERVICE_ACCOUNTS, keys: ({ object, name, namespace }) => (object === undefined && name === NAME && namespace !== undefined ? [namespace] : []) },
  ],
  async reconcile(namespace, { view }) {
    if (!(await isActive(view, namespace))) return DONE;
    if ((await view.get(SERVICE_ACCOUNTS, { namespace, name: NAME })) === undefined) await createInNamespace(view, SERVICE_ACCOUNTS, { metadata: { name: NAME, namespace } });
    return DONE;
  },
};
