import type { Container, LimitRange, LimitRangeItem, Pod } from '#api/schema/kinds.generated';

/** Gives the containers what the ranges say they ask for and may use; says what was set, as the annotation tells it. */
export function applyLimitDefaults(pod: Pod, ranges: LimitRange[]): string | undefined {
  const said: string[] = [];
  for (const item of ranges.flatMap(({ spec }) => spec?.limits ?? []).filter(({ type }) => type === 'Container')) {
    for (const [containers, kind] of [[pod.spec?.containers, 'container'], [pod.spec?.initContainers, 'init container']] as const) {
      for (const container of containers ?? []) said.push(...defaultContainer(container, item, kind));
    }
  }
  return said.length === 0 ? undefined : `LimitRanger plugin set: ${said.join('; ')}`;
}

function defaultContainer(container: Container, { default: limits = {}, defaultRequest = {} }: LimitRangeItem, kind: string): string[] {
  const resources = (container.resources ??= {});
  // A limit that was given is also what is asked for, where nothing else is said.
  const own = Object.fromEntries(Object.entries(resources.limits ?? {}).filter(([name]) => resources.requests?.[name] === undefined));
  const set = (field: 'limits' | 'requests', wanted: Record<string, string | number>): string[] => {
    const missing = Object.keys(wanted).filter((name) => resources[field]?.[name] === undefined).sort();
    if (missing.length > 0) resources[field] = { ...resources[field], ...Object.fromEntries(missing.map((name) => [name, wanted[name] ?? '0'])) };
    return missing;
  };
  set('requests', own);
  const requests = set('requests', defaultRequest);
  const bounded = set('limits', limits);
  return [
    ...(requests.length === 0 ? [] : [`${requests.join(', ')} request for ${kind} ${container.name}`]),
    ...(bounded.length === 0 ? [] : [`${bounded.join(', ')} limit for ${kind} ${container.name}`]),
  ];
}
