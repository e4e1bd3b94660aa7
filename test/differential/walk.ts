import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { answerOf, type Answer } from './answer.ts';
import { collectionPath } from './paths.ts';
import type { Sample } from './samples.ts';

export type Send = (method: string, path: string, body?: string, mediaType?: string) => Promise<Reply>;

export interface Reply {
  code: number;
  body: unknown;
  /** Texts of the Warning headers. */
  warnings?: string[];
}

/** An API server that is walked: the real one, or ours. */
export interface Walked {
  send: Send;
  /** Starts to watch; the answer reads on until an event is the last, and closes. */
  watch: (path: string) => Promise<(isLast: (event: WatchEvent) => boolean) => Promise<WatchEvent[]>>;
}

export interface WatchEvent {
  type: string;
  object: KubeObject;
}

export interface Step extends Answer {
  step: string;
  generation?: number;
  columns?: string[];
  cells?: unknown[];
  warnings?: string[];
  /** Of the watch that began before the object: type and digest of each. */
  events?: string[];
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
const WATCH_SECONDS = 20;

/** One object through the verbs of its resource; the same requests go to both servers. */
export async function walk(server: Walked, { resource, object }: Sample): Promise<Step[]> {
  const { send } = server;
  const collection = collectionPath(resource);
  const path = `${collection}/${encodeURIComponent(object.metadata.name ?? '')}`;
  const steps: Step[] = [];
  const note = (step: string, reply: Reply): unknown => {
    steps.push(stepOf(step, reply, resource));
    return reply.body;
  };
  const before = ((await send('GET', `${collection}?limit=1`)).body as KubeObject).metadata.resourceVersion;
  const readEvents = await server.watch(`${collection}?watch=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${before}`);
  note('create', await send('POST', collection, JSON.stringify(object)));
  note('get', await send('GET', path));
  const { items } = (await send('GET', collection)).body as List;
  note('list', { code: 200, body: { ...items.find(({ metadata }) => metadata.name === object.metadata.name), kind: resource.kind } });
  const table = tableOf((await send('GET', path, undefined, 'application/json;as=Table;v=v1;g=meta.k8s.io')).body as Table);
  // What controllers inside the real one say, and who asks, is not the table's matter.
  steps.push({ step: 'table', code: 200, ...table, ...(UNSTEADY_CELLS.has(resource.kind) && { cells: [] }) });
  note('update', await update(send, path, (now) => ({ ...now, metadata: { ...now.metadata, labels: { ...now.metadata.labels, [MARK]: 'yes' } } })));
  for (const { name, verbs } of resource.subresources) {
    if (name === 'status' && verbs.includes('update')) await walkStatus(send, note, { path: `${path}/status`, object });
    if (name === 'scale' && verbs.includes('update')) await walkScale(send, note, `${path}/scale`);
  }
  note('json patch', await send('PATCH', path, JSON.stringify([{ op: 'add', path: '/metadata/labels/json', value: 'yes' }]), 'application/json-patch+json'));
  note('merge patch', await send('PATCH', path, JSON.stringify({ metadata: { annotations: { merge: 'yes' }, finalizers: null } }), 'application/merge-patch+json'));
  const strategic = { metadata: { labels: { strategic: 'yes', json: null } }, ...SPEC_PATCHES[`${resource.kind} ${object.metadata.name}`] };
  const patched = note('strategic patch', await send('PATCH', path, JSON.stringify(strategic), 'application/strategic-merge-patch+json')) as KubeObject;
  const isDeleted = resource.verbs.includes('deletecollection') && !ASYNC_STATUS.has(resource.kind);
  if (resource.verbs.includes('deletecollection')) {
    const { code } = await send('DELETE', `${collection}?labelSelector=${MARK}%3Dyes&gracePeriodSeconds=0&propagationPolicy=Background`);
    steps.push({ step: 'delete collection', code });
    if (!ASYNC_STATUS.has(resource.kind)) note('get after', await send('GET', path));
  }
  const isOurs = ({ object: seen }: WatchEvent) => seen.metadata.name === object.metadata.name;
  const isLast = ({ type, object: seen }: WatchEvent) => (isDeleted ? type === 'DELETED' : seen.metadata.resourceVersion === patched.metadata.resourceVersion);
  const events = await readEvents((event) => isOurs(event) && isLast(event));
  steps.push({ step: 'watch', code: 200, events: events.filter(isOurs).map(eventOf).filter((event, i, all) => event !== all[i - 1]) });
  return steps;
}

function stepOf(step: string, { code, body, warnings = [] }: Reply, { kind }: ApiResource): Step {
  const stored = code < 300 && [kind, 'Scale'].includes((body as KubeObject).kind ?? '') ? withoutAsync(body as KubeObject) : undefined;
  const { object: whole, ...answer } = answerOf(code, stored ?? body);
  const generation = stored?.metadata.generation;
  return { step, ...answer, ...(stored && whole !== undefined && { object: whole }), ...(generation !== undefined && { generation }), ...(warnings.length > 0 && { warnings }) };
}

// How often somebody else writes such an object is a matter of the moment.
function eventOf({ type, object }: WatchEvent): string {
  if (ASYNC_STATUS.has(object.kind ?? '')) return type;
  return `${type} ${answerOf(200, withoutAsync(object)).object}`;
}

type Note = (step: string, reply: Reply) => unknown;

async function walkStatus(send: Send, note: Note, { path, object }: { path: string; object: KubeObject }): Promise<void> {
  const status = object.status as Record<string, unknown> | undefined;
  note('update status', await update(send, path, (now) => ({ ...now, ...(status && { status }) })));
  note('get status', await send('GET', path));
  note('patch status', await send('PATCH', path, JSON.stringify({ metadata: { annotations: { status: 'yes' } } }), 'application/merge-patch+json'));
}

async function walkScale(send: Send, note: Note, path: string): Promise<void> {
  note('get scale', await send('GET', path));
  note('update scale', await update(send, path, (now) => ({ ...now, spec: { replicas: 4 } })));
  note('patch scale', await send('PATCH', path, JSON.stringify({ spec: { replicas: 6 } }), 'application/merge-patch+json'));
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
async function update(send: Send, path: string, change: (now: KubeObject) => KubeObject): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send('PUT', path, JSON.stringify(change((await send('GET', path)).body as KubeObject)));
    if (answer.code !== 409 || attempt === MAX_ATTEMPTS) return answer;
  }
}

// What a strategic merge does to lists shows only in a spec.
const SPEC_PATCHES: Record<string, object> = {
  'Deployment web': { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:v2', env: [{ name: 'A', value: 'c' }] }] } } } },
  'Service web': { spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 8081 }] } },
  'Pod web': { spec: { containers: [{ name: 'web', image: 'registry.example.com/web:v2' }], activeDeadlineSeconds: 100 } },
  'ConfigMap settings': { data: { level: 'info', 'app.json': null } },
  'StatefulSet db': { spec: { replicas: 5 } },
  'DaemonSet agent': { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } },
  'NetworkPolicy deny': { spec: { policyTypes: ['Ingress'] } },
};

function withoutAsync(object: KubeObject): KubeObject {
  if (!ASYNC_STATUS.has(object.kind ?? '')) return object;
  const { status: _, ...rest } = object;
  return { ...rest, metadata: { ...rest.metadata } };
}
