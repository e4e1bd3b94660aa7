import type { Container, Pod, PodSpec } from '../schema/kinds.generated.ts';
import { dns1123Label } from '../validation/names.ts';

/** What the API server tells about a new pod that is valid and yet likely a mistake. */
export function podWarnings(pod: Pod, old?: Pod): string[] {
  if (old) return [];
  const name = pod.metadata.name ?? '';
  const problems = dns1123Label(name);
  const hostname = problems.length === 0 ? [] : [`metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`];
  return [...hostname, ...podSpecWarnings(pod.spec, 'spec')];
}

/** Also for the templates of workloads. */
export function podSpecWarnings(spec: PodSpec | undefined, path: string): string[] {
  return [...lists(spec, path).flatMap(({ containers, at }) => containers.flatMap((container, i) => containerWarnings(container, `${at}[${i}]`))), ...secretWarnings(spec, path)];
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
