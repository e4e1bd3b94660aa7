import { changesNothing, type Plan, type Resource } from '../aws/plan.ts';
import { alignedLines } from './columns.ts';

const MARGIN = '  ';

/** What a deployment is going to do: by service where all is new, with the bucket of the code, else resource by resource. */
export function renderPlan(plan: Plan, { newBucket }: { newBucket: string | undefined }): string {
  if (changesNothing(plan)) return '  nothing: it is as it should be\n';
  if (newBucket !== undefined) return alignedLines([...byService(plan.add), ['S3', `1 bucket (${newBucket}) with the functions' code`]], MARGIN);
  const lines = (verb: string, resources: Resource[]): string[][] => resources.map(({ id, type }) => [verb, id, `${serviceOf(type)} ${nounOf(type)}`]);
  const parameters = plan.parameters.map(({ name, from, to }) => ['change', name, from === '' ? to : `${from} to ${to}`]);
  return alignedLines([...lines('make', plan.add), ...lines('change', plan.change), ...lines('remove', plan.remove), ...parameters], MARGIN);
}

function byService(resources: readonly Resource[]): string[][] {
  const services = new Map<string, Map<string, number>>();
  for (const { type } of resources) {
    const counts = services.get(serviceOf(type)) ?? new Map<string, number>();
    services.set(serviceOf(type), counts.set(nounOf(type), (counts.get(nounOf(type)) ?? 0) + 1));
  }
  return [...services].map(([service, counts]) => [service, [...counts].map(([noun, count]) => `${count} ${count === 1 ? noun : plural(noun)}`).join(', ')]);
}

function serviceOf(type: string): string {
  return type.split('::')[1] ?? type;
}

/** `AWS::Lambda::EventSourceMapping`: event source mapping. */
function nounOf(type: string): string {
  return (type.split('::')[2] ?? type).replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function plural(noun: string): string {
  return noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
