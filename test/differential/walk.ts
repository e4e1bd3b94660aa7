import type { KubeObject } from '#api/object';
import { answerOf, type Answer } from './answer.ts';
import { collectionPath } from './paths.ts';
import type { Sample } from './samples.ts';

export type Send = (method: string, path: string, body?: string, mediaType?: string) => Promise<{ code: number; body: unknown }>;

export interface Step extends Answer {
  step: string;
  generation?: number;
  columns?: string[];
  cells?: unknown[];
}

interface Table {
  columnDefinitions: { name: string; type: string; format: string; priority: number }[];
  rows: { cells: unknown[] }[];
}

interface List {
  items: KubeObject[];
}

// Set by controllers inside the real API server, at a moment of their own.
const ASYNC_STATUS = new Set(['CustomResourceDefinition', 'APIService', 'FlowSchema', 'PriorityLevelConfiguration', 'ServiceCIDR']);
const UNSTEADY_CELLS = new Set([...ASYNC_STATUS, 'CertificateSigningRequest']);
const MARK = 'differential';
const MAX_ATTEMPTS = 5;

/** One object through the verbs of its resource; the same requests go to both servers. */
export async function walk(send: Send, { resource, object }: Sample): Promise<Step[]> {
  const collection = collectionPath(resource);
  const path = `${collection}/${encodeURIComponent(object.metadata.name ?? '')}`;
  const steps: Step[] = [];
  const note = (step: string, { code, body }: { code: number; body: unknown }): unknown => {
    const stored = code < 300 && (body as KubeObject).kind === resource.kind ? withoutAsync(body as KubeObject) : undefined;
    const { object: whole, ...answer } = answerOf(code, stored ?? body);
    steps.push({ step, ...answer, ...(stored && whole !== undefined && { object: whole }), ...(stored?.metadata.generation !== undefined && { generation: stored.metadata.generation }) });
    return body;
  };
  note('create', await send('POST', collection, JSON.stringify(object)));
  note('get', await send('GET', path));
  const { items } = (await send('GET', collection)).body as List;
  note('list', { code: 200, body: { ...items.find(({ metadata }) => metadata.name === object.metadata.name), kind: resource.kind } });
  const table = tableOf((await send('GET', path, undefined, 'application/json;as=Table;v=v1;g=meta.k8s.io')).body as Table);
  // What controllers inside the real one say, and who asks, is not the table's matter.
  steps.push({ step: 'table', code: 200, ...table, ...(UNSTEADY_CELLS.has(resource.kind) && { cells: [] }) });
  note('update', await update(send, path));
  note('json patch', await send('PATCH', path, JSON.stringify([{ op: 'add', path: '/metadata/labels/json', value: 'yes' }]), 'application/json-patch+json'));
  note('merge patch', await send('PATCH', path, JSON.stringify({ metadata: { annotations: { merge: 'yes' }, finalizers: null } }), 'application/merge-patch+json'));
  const strategic = { metadata: { labels: { strategic: 'yes', json: null } }, ...SPEC_PATCHES[resource.kind] };
  note('strategic patch', await send('PATCH', path, JSON.stringify(strategic), 'application/strategic-merge-patch+json'));
  if (!resource.verbs.includes('deletecollection')) return steps;
  const { code } = await send('DELETE', `${collection}?labelSelector=${MARK}%3Dyes&gracePeriodSeconds=0&propagationPolicy=Background`);
  steps.push({ step: 'delete collection', code });
  if (!ASYNC_STATUS.has(resource.kind)) note('get after', await send('GET', path));
  return steps;
}

function tableOf({ columnDefinitions, rows }: Table): Pick<Step, 'columns' | 'cells'> {
  return {
    columns: columnDefinitions.map(({ name, type, format, priority }) => [name, type, format, priority].join(' ')),
    cells: rows[0]?.cells.slice(0, columnDefinitions.length).map((cell) => (typeof cell === 'string' ? steady(cell) : cell)) ?? [],
  };
}

// Without what the moment, or the allocator, decides.
function steady(cell: string): string {
  if (/^\d+[smhdy](\d+[smhd])?$/.test(cell)) return 'AGE';
  return cell.replace(/^\d{4}-\d\d-\d\dT.*Z$/, 'DATE').replace(/^10\.0\.\d+\.\d+$/, 'ADDRESS').replace(/:3\d{4}\//g, ':PORT/').replace(/controller-uid=[-0-9a-f]+/g, 'controller-uid=UID');
}

// Somebody inside the real API server may have been faster.
async function update(send: Send, path: string): Promise<{ code: number; body: unknown }> {
  for (let attempt = 1; ; attempt++) {
    const { metadata, ...rest } = (await send('GET', path)).body as KubeObject;
    const answer = await send('PUT', path, JSON.stringify({ ...rest, metadata: { ...metadata, labels: { ...metadata.labels, [MARK]: 'yes' } } }));
    if (answer.code !== 409 || attempt === MAX_ATTEMPTS) return answer;
  }
}

// What a strategic merge does to lists shows only in a spec.
const SPEC_PATCHES: Record<string, object> = {
  Deployment: { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:v2', env: [{ name: 'A', value: 'c' }] }] } } } },
  Service: { spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 8081 }] } },
  Pod: { spec: { containers: [{ name: 'web', image: 'registry.example.com/web:v2' }], activeDeadlineSeconds: 100 } },
  ConfigMap: { data: { level: 'info', 'app.json': null } },
  StatefulSet: { spec: { replicas: 5 } },
  DaemonSet: { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } },
  NetworkPolicy: { spec: { policyTypes: ['Ingress'] } },
};

function withoutAsync(object: KubeObject): KubeObject {
  if (!ASYNC_STATUS.has(object.kind ?? '')) return object;
  const { status: _, ...rest } = object;
  return { ...rest, metadata: { ...rest.metadata } };
}
