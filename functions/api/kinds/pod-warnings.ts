import type { KindRules } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import type { Container, Pod, PodSpec, PodTemplateSpec, Volume } from '../schema/kinds.generated.ts';
import { dns1123Label } from '../validation/names.ts';

/** What the API server tells about a new pod that is valid and yet likely a mistake. */
export function podWarnings(pod: Pod, old?: Pod): string[] {
  if (old) return [];
  const name = pod.metadata.name ?? '';
  const problems = dns1123Label(name);
  const hostname = problems.length === 0 ? [] : [`metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`];
  return [...hostname, ...podSpecWarnings(pod.spec, 'spec')];
}

/** Of what makes pods: said when it is new, and whenever its wish changes. */
export function templateWarnings<T extends KubeObject>(templateOf: (object: T) => PodTemplateSpec | undefined, path: string): NonNullable<KindRules<T>['warnings']> {
  return (object, old) => (old && old.metadata.generation === object.metadata.generation ? [] : podSpecWarnings(templateOf(object)?.spec, `${path}.spec`));
}

/** Also for the templates of workloads. */
export function podSpecWarnings(spec: PodSpec | undefined, path: string): string[] {
  return [...volumeWarnings(spec?.volumes ?? [], `${path}.volumes`), ...lists(spec, path).flatMap(({ containers, at }) => containers.flatMap((container, i) => containerWarnings(container, `${at}[${i}]`))), ...secretWarnings(spec, path)];
}

// Volumes that no kubelet mounts any more.
const GONE: Partial<Record<keyof Volume, string>> = {
  gitRepo: 'gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
  glusterfs: 'glusterfs: deprecated in v1.25, non-functional in v1.26+',
  rbd: 'rbd: deprecated in v1.28, non-functional in v1.31+',
  cephfs: 'cephfs: deprecated in v1.28, non-functional in v1.31+',
  flocker: 'flocker: deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'quobyte: deprecated in v1.22, non-functional in v1.25+',
  photonPersistentDisk: 'photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'scaleIO: deprecated in v1.16, non-functional in v1.22+',
  storageos: 'storageOS: deprecated in v1.22, non-functional in v1.25+',
};

function volumeWarnings(volumes: Volume[], path: string): string[] {
  return volumes.flatMap((volume, i) => Object.entries(GONE).flatMap(([source, text]) => (volume[source as keyof Volume] ? [`${path}[${i}].${text}`] : [])));
}

function lists(spec: PodSpec | undefined, path: string): { containers: Container[]; at: string }[] {
  return [
    { containers: spec?.initContainers ?? [], at: `${path}.initContainers` },
    { containers: spec?.containers ?? [], at: `${path}.containers` },
  ];
}

function containerWarnings(container: Container, path: string): string[] {
  const names = new Set<string>();
  return (container.env ?? []).flatMap(({ name }, i) => {
    const hidden = names.has(name);
    names.add(name);
    return hidden ? [`${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`] : [];
  });
}

function secretWarnings(spec: PodSpec | undefined, path: string): string[] {
  const names = new Set<string>();
  return (spec?.imagePullSecrets ?? []).flatMap(({ name = '' }, i) => {
    if (name === '') return [`${path}.imagePullSecrets[${i}].name: invalid empty name ""`];
    const repeated = names.has(name);
    names.add(name);
    return repeated ? [`${path}.imagePullSecrets[${i}].name: duplicate name ${JSON.stringify(name)}`] : [];
  });
}
