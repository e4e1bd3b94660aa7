import type { KubeObject, OwnerReference } from '#api/object';
import type { Pod, PodTemplateSpec } from '#api/schema/kinds.generated';

/** A pod as an owner's template has it; the server finishes its name. */
export function podFromTemplate(owner: KubeObject, template: PodTemplateSpec | undefined, reference: OwnerReference): Pod {
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  const { namespace, name = '' } = owner.metadata;
  return {
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
      ownerReferences: [reference],
    },
    ...(template?.spec === undefined ? {} : { spec: structuredClone(template.spec) }),
  };
}
