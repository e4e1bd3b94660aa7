import type { PodSpec, PodTemplateSpec, Volume } from '#api/schema/kinds.generated';
import { containerEntries } from './containers.ts';
import { type Entry, layOut, part } from './layout.ts';
import { pairs } from './metadata.ts';

export function describeTemplate(template: PodTemplateSpec): string {
  return layOut([['Pod Template', part(templateEntries(template))]]);
}

export function templateEntries({ metadata, spec }: PodTemplateSpec): Entry[] {
  return [
    ['Labels', pairs(metadata?.labels)],
    ...(Object.keys(metadata?.annotations ?? {}).length > 0 ? [['Annotations', pairs(metadata?.annotations, ': ')] as const] : []),
    ...(spec?.initContainers?.length ? [['Init Containers', part(containerEntries(spec.initContainers))] as const] : []),
    ['Containers', part(containerEntries(spec?.containers))],
    ...placementEntries(spec),
  ];
}

/** What a pod's spec says beside its containers. */
export function placementEntries(spec: PodSpec | undefined): Entry[] {
  return [
    ['Volumes', (spec?.volumes ?? []).map(volumeText)],
    ['Node-Selectors', pairs(spec?.nodeSelector)],
    ['Tolerations', (spec?.tolerations ?? []).map(({ key, operator, value, effect, tolerationSeconds }) => [key ?? '', operator === 'Exists' ? ' op=Exists' : `=${value ?? ''}`, effect ? `:${effect}` : '', tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`].join(''))],
  ];
}

// A volume is its name and one more member, whose name is the kind of its source.
function volumeText(volume: Volume): string {
  const { name, ...sources } = volume;
  const [[kind, source] = ['', {}]] = Object.entries(sources) as [string, Record<string, unknown>][];
  const from = source['name'] ?? source['secretName'] ?? source['claimName'] ?? source['path'];
  return `${name}: ${kind}${typeof from === 'string' ? ` ${from}` : ''}`;
}
