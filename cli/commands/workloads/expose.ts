import type { Command } from 'commander';
import { z } from 'zod';
import type { KubeObject } from '#api/object';
import type { LabelSelector, PodTemplateSpec, Service, ServicePort } from '#api/schema/kinds.generated';
import { SERVICES } from '#client/core-resources';
import { Failure } from '#client/failure';
import { type Session, withSession } from '../../cluster/session.ts';
import { parseTargets } from '../../cluster/targets.ts';
import { Output, OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { renderAnswer } from '../../render/documents.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';

const ExposeOptions = z.strictObject({
  ...CLUSTER_OPTIONS,
  port: z.coerce.number('must be a number').int().min(1).max(65535).optional(),
  targetPort: z.string().optional(),
  protocol: z.enum(['TCP', 'UDP', 'SCTP'], 'must be TCP, UDP or SCTP').optional(),
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer'], 'must be ClusterIP, NodePort or LoadBalancer').optional(),
  name: z.string().optional(),
  output: Output,
});
type ExposeOptions = z.infer<typeof ExposeOptions>;

export function exposeCommand(): Command {
  return clusterCommand('expose')
    .argument('<words...>', 'KIND/NAME or KIND NAME: a deployment, replica set, pod or service')
    .option('--port <n>', "the Service's port (default: the containers')")
    .option('--target-port <port>', 'port of the containers, by number or name (default: the same)')
    .option('--protocol <name>', 'TCP, UDP or SCTP')
    .option('--type <type>', 'ClusterIP, NodePort or LoadBalancer')
    .option('--name <name>', "the Service's name (default: that of what is exposed)")
    .option(...OUTPUT_OPTION)
    .action(async (words: string[], given: unknown) => {
      const options = parseOptions(ExposeOptions, given);
      await withSession(options, (session) => expose(session, words, options));
    });
}

async function expose({ client, kinds, namespace }: Session, words: string[], options: ExposeOptions): Promise<void> {
  const [target, ...more] = await parseTargets(words, kinds);
  if (target?.name === undefined || more.length > 0) throw new Failure('one object is exposed at a time', { fix: 'Such as deployment/NAME.' });
  const exposed = await client.get<KubeObject>(target.kind, { namespace, name: target.name });
  const service = await client.create<Service>(SERVICES, serviceFor({ ...exposed, kind: target.kind.kind }, { ...options, namespace }));
  process.stdout.write(renderAnswer(options.output, service, () => `service/${service.metadata.name ?? ''} exposed\n`));
}

/** The Service that sends to an object's pods. */
export function serviceFor(object: KubeObject, options: Pick<ExposeOptions, 'port' | 'targetPort' | 'protocol' | 'type' | 'name'> & { namespace: string }): Service {
  const { labels } = object.metadata;
  const name = options.name ?? object.metadata.name ?? '';
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: options.namespace, ...(labels === undefined ? {} : { labels }) },
    spec: { selector: selectorOf(object), ports: portsOf(object, options), ...(options.type === undefined ? {} : { type: options.type }) },
  };
}

function selectorOf(object: KubeObject): Record<string, string> {
  const spec = object['spec'] as { selector?: LabelSelector & Record<string, string> } | undefined;
  if (spec?.selector?.matchExpressions?.length) throw new Failure(`the selector of ${object.kind ?? ''} "${object.metadata.name ?? ''}" cannot be a Service's`, { why: 'it has matchExpressions' });
  const found = object.kind === 'Pod' ? object.metadata.labels : ((spec?.selector?.matchLabels) ?? spec?.selector);
  if (found === undefined || Object.keys(found).length === 0) throw new Failure(`${object.kind ?? ''} "${object.metadata.name ?? ''}" has no labels to find its pods by`);
  return found;
}

function portsOf(object: KubeObject, { port, targetPort, protocol }: Pick<ExposeOptions, 'port' | 'targetPort' | 'protocol'>): ServicePort[] {
  const target = targetPort === undefined ? {} : { targetPort: /^\d+$/.test(targetPort) ? Number(targetPort) : targetPort };
  if (port !== undefined) return [{ port, ...target, ...(protocol === undefined ? {} : { protocol }) }];
  const declared = declaredPorts(object);
  if (declared.length === 0) throw new Failure("couldn't find port via --port flag or introspection", { fix: 'Say --port: no container of it declares one.' });
  return declared.map((one, i) => ({ ...one, ...target, ...(protocol === undefined ? {} : { protocol }), ...(declared.length > 1 ? { name: `port-${i + 1}` } : {}) }));
}

function declaredPorts(object: KubeObject): { port: number; protocol?: string }[] {
  const spec = object['spec'] as { ports?: ServicePort[]; template?: PodTemplateSpec } & PodTemplateSpec['spec'];
  if (object.kind === 'Service') return (spec.ports ?? []).map(({ port, protocol }) => ({ port, ...(protocol === undefined ? {} : { protocol }) }));
  const containers = (spec.template?.spec ?? spec).containers ?? [];
  return containers.flatMap(({ ports }) => (ports ?? []).map(({ containerPort, protocol }) => ({ port: containerPort, ...(protocol === undefined ? {} : { protocol }) })));
}
