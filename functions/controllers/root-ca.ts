import { CONFIG_MAPS, NAMESPACES } from './resources.ts';
import { createInNamespace, isActive } from './runtime/namespace-object.ts';
import { DONE } from './runtime/controller.ts';
import type { Controller } from './runtime/controller.ts';
import { isEqual } from '#api/equal';
import type { ConfigMap } from '#api/schema/kinds.generated';

const NAME = 'kube-root-ca.crt';

/** The cluster's CA in every namespace, where pods' projected token volumes take it from. */
export function createRootCaPublisher(rootCa: string): Controller {
  const data = { 'ca.crt': rootCa };
  return {
    name: 'root-ca-certificate-publisher',
    sources: [
      { resource: NAMESPACES, keys: ({ object, name }) => (object === undefined ? [] : [name]) },
      { resource: CONFIG_MAPS, keys: ({ by, name, namespace }) => (by !== 'loop' && name === NAME && namespace !== undefined ? [namespace] : []) },
    ],
    async reconcile(namespace, { view }) {
      if (!(await isActive(view, namespace))) return DONE;
      const current = await view.get<ConfigMap>(CONFIG_MAPS, { namespace, name: NAME });
      if (current === undefined) await createInNamespace(view, CONFIG_MAPS, { metadata: { name: NAME, namespace }, data });
      else if (!isEqual(current.data, data)) await view.update<ConfigMap>(CONFIG_MAPS, { namespace, name: NAME }, (stored) => ({ ...stored, data }));
      return DONE;
    },
  };
}
