import { podFromTemplate } from '../pod-from-template.ts';
import { REVISION_HASH } from '../revisions/revision.ts';
import type { OwnerReference } from '#api/object';
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet } from '#api/schema/kinds.generated';

/** The number behind the set's name; undefined: the pod is not one of the set's. */
export function ordinalOf({ metadata: { name } }: StatefulSet, { metadata }: Pod): number | undefined {
  const prefix = `${name ?? ''}-`;
  const number = metadata.name?.startsWith(prefix) === true ? metadata.name.slice(prefix.length) : '';
  return /^(0|[1-9]\d*)$/.test(number) ? Number(number) : undefined;
}

export interface Identity {
  ordinal: number;
  template: PodTemplateSpec;
  revision: string;
  reference: OwnerReference;
}

/** The pod of an ordinal: its name, host name and claims are the same each time it is made. */
export function identityPod(set: StatefulSet, { ordinal, template, revision, reference }: Identity): Pod {
  const pod = podFromTemplate(set, template, reference);
  const name = `${set.metadata.name ?? ''}-${ordinal}`;
  pod.metadata.name = name;
  pod.metadata.labels = { ...pod.metadata.labels, 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': String(ordinal), [REVISION_HASH]: revision };
  if (pod.spec === undefined) return pod;
  const claimed = (set.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => ({ name: metadata.name ?? '', persistentVolumeClaim: { claimName: claimName(set, metadata.name, ordinal) } }));
  const volumes = [...claimed, ...(pod.spec.volumes ?? []).filter((volume) => !claimed.some((other) => other.name === volume.name))];
  pod.spec = { ...pod.spec, hostname: name, ...(set.spec?.serviceName ? { subdomain: set.spec.serviceName } : {}), ...(volumes.length === 0 ? {} : { volumes }) };
  return pod;
}

export function claimsOf(set: StatefulSet, ordinal: number, reference: OwnerReference): PersistentVolumeClaim[] {
  const goesWithSet = set.spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
  return (set.spec?.volumeClaimTemplates ?? []).map(({ metadata, spec }) => ({
    metadata: {
      name: claimName(set, metadata.name, ordinal),
      ...(set.metadata.namespace === undefined ? {} : { namespace: set.metadata.namespace }),
      labels: { ...metadata.labels, ...set.spec?.selector?.matchLabels },
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ...(goesWithSet ? { ownerReferences: [reference] } : {}),
    },
    ...(spec === undefined ? {} : { spec }),
  }));
}

function claimName({ metadata }: StatefulSet, template: string | undefined, ordinal: number): string {
  return `${template ?? ''}-${metadata.name ?? ''}-${ordinal}`;
}
