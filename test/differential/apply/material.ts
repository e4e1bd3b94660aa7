import type { Random } from '../random.ts';

/** What the sequences write: random parts of a few kinds, small enough to meet each other often. */
export interface Material {
  kind: string;
  apiVersion: string;
  collection: string;
  /** Enough to make the object. */
  whole(random: Random): Fields;
  part(random: Random): Fields;
  status?(random: Random): Fields;
  hasScale?: boolean;
}

export type Fields = Record<string, unknown>;

const NAMESPACE = '/namespaces/apply';

export const MATERIALS: readonly Material[] = [
  { kind: 'ConfigMap', apiVersion: 'v1', collection: `/api/v1${NAMESPACE}/configmaps`, whole: configMap, part: configMap },
  {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    collection: `/apis/apps/v1${NAMESPACE}/deployments`,
    whole: (random) => joined(deployment(random), { spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } } } }),
    part: deployment,
    status: (random) => ({ status: { ...some(random, { replicas: random.below(3), observedGeneration: 1, conditions: [condition(random, 'Available')] }) } }),
    hasScale: true,
  },
  { kind: 'Service', apiVersion: 'v1', collection: `/api/v1${NAMESPACE}/services`, whole: (random) => joined(service(random), { spec: { ports: [{ port: 80 }] } }), part: service },
  {
    kind: 'Pod',
    apiVersion: 'v1',
    collection: `/api/v1${NAMESPACE}/pods`,
    whole: (random) => joined({ metadata: metadata(random), spec: podSpec(random) }, { spec: { containers: [{ name: 'a', image: 'a:1' }] } }),
    part: (random) => ({ metadata: metadata(random), ...some(random, { spec: { containers: [{ name: 'a', image: `a:${random.below(3)}` }], ...some(random, { activeDeadlineSeconds: 100 }) } }) }),
    status: (random) => ({ status: some(random, { phase: random.pick(['Pending', 'Running']), message: 'm', conditions: [condition(random, 'Ready'), condition(random, 'x/y')] }) }),
  },
  {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    collection: `/apis/autoscaling/v2${NAMESPACE}/horizontalpodautoscalers`,
    whole: autoscaler,
    part: autoscaler,
  },
];

function metadata(random: Random): Fields {
  return some(random, {
    labels: some(random, { one: text(random), two: text(random), three: text(random) }),
    annotations: some(random, { note: text(random), other: text(random) }),
    finalizers: list(random, ['x.test/a', 'x.test/b', 'x.test/c']),
  });
}

function configMap(random: Random): Fields {
  return { metadata: metadata(random), ...some(random, { data: some(random, { a: text(random), b: text(random), c: random.pick([null, '', '1']), d: '4' }), binaryData: some(random, { x: 'AA==', y: 'AQ==' }) }) };
}

function deployment(random: Random): Fields {
  return {
    metadata: metadata(random),
    spec: some(random, {
      replicas: random.below(4),
      minReadySeconds: random.below(3),
      paused: random.pick([true, false, null]),
      strategy: random.pick<unknown>([{}, { type: 'Recreate', rollingUpdate: null }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: random.pick([1, '10%']) } }]),
      template: { ...some(random, { metadata: { labels: some(random, { app: 'web', tier: text(random) }) } }), spec: podSpec(random) },
    }),
  };
}

function podSpec(random: Random): Fields {
  return some(random, {
    containers: list(random, ['a', 'b', 'c']).map((name) => container(random, name)),
    tolerations: list(random, ['t1', 't2']).map((key) => ({ key, operator: 'Exists' })),
    nodeSelector: some(random, { disk: text(random), zone: text(random) }),
    volumes: list(random, ['v1', 'v2']).map((name) => ({ name, emptyDir: random.pick<unknown>([{}, { sizeLimit: '1000Mi' }, { medium: 'Memory' }]) })),
    hostAliases: list(random, ['10.1.1.1', '10.1.1.2']).map((ip) => ({ ip, hostnames: list(random, ['h1', 'h2']) })),
    topologySpreadConstraints: [{ topologyKey: 'zone', whenUnsatisfiable: random.pick(['DoNotSchedule', 'ScheduleAnyway']), maxSkew: 1 + random.below(2) }],
    terminationGracePeriodSeconds: random.pick<unknown>([null, 10, 30]),
    securityContext: random.pick<unknown>([{}, { runAsUser: 1 }, null]),
  });
}

function container(random: Random, name: string): Fields {
  return {
    name,
    image: `${name}:${random.below(3)}`,
    ...some(random, {
      args: list(random, ['x', 'y', 'z']),
      env: list(random, ['E1', 'E2', 'E3']).map((variable) => (random.below(3) === 0 ? { name: variable, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } } : { name: variable, value: text(random) })),
      ports: list(random, [80, 81, 82]).map((containerPort) => ({ containerPort, ...some(random, { protocol: random.pick(['TCP', 'UDP']), name: `p${containerPort}` }) })),
      resources: random.pick<unknown>([{}, { requests: { cpu: random.pick(['1', '1000m', 1]) } }, { limits: { memory: '1Gi' } }]),
      livenessProbe: { httpGet: { port: random.pick<unknown>([80, 'web']), path: '/x' } },
      volumeMounts: list(random, ['/a', '/b']).map((mountPath) => ({ name: 'v1', mountPath })),
      imagePullPolicy: random.pick(['Always', 'Never']),
    }),
  };
}

function service(random: Random): Fields {
  return {
    metadata: metadata(random),
    spec: some(random, {
      ports: list(random, [80, 81, 82]).map((port) => ({ port, name: `p${port}`, ...some(random, { protocol: random.pick(['TCP', 'UDP']), targetPort: random.pick<unknown>([8080, 'web']) }) })),
      selector: some(random, { app: text(random), tier: text(random) }),
      sessionAffinity: random.pick(['None', 'ClientIP']),
      publishNotReadyAddresses: random.pick([true, false]),
      externalIPs: list(random, ['1.2.3.4', '1.2.3.5']),
    }),
  };
}

function autoscaler(random: Random): Fields {
  const spec = some(random, { minReplicas: 1 + random.below(2), metrics: [cpu(random)], behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } });
  return { metadata: metadata(random), spec: { ...spec, maxReplicas: 3 + random.below(2), scaleTargetRef: { kind: 'Deployment', name: 'x', apiVersion: 'apps/v1' } } };
}

function condition(random: Random, type: string): Fields {
  return { type, status: random.pick(['True', 'False']), ...some(random, { reason: 'Because', message: text(random) }) };
}

function cpu(random: Random): Fields {
  return { type: 'Resource', resource: { name: random.pick(['cpu', 'memory']), target: { type: 'Utilization', averageUtilization: 50 + random.below(3) } } };
}

/** Each member with a chance of one half. */
function some(random: Random, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(() => random.below(2) === 0));
}

/** Some of them, now and then in another order. */
function list<T>(random: Random, items: readonly T[]): T[] {
  const kept = items.filter(() => random.below(2) === 0);
  return random.below(3) === 0 ? kept.reverse() : kept;
}

function text(random: Random): string {
  return random.pick(['1', '2', '3']);
}

function joined(fields: Fields, base: Fields): Fields {
  const merged = { ...fields };
  for (const [key, value] of Object.entries(base)) merged[key] = isFields(value) && isFields(fields[key]) ? joined(fields[key], value) : (fields[key] ?? value);
  return merged;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
