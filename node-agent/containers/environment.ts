import type { ConfigMap, Container, EnvVar, Secret, Service } from '#api/schema/kinds.generated';
import type { Pod } from '../pod.ts';
import { expand } from './expansion.ts';
import { fieldValue, resourceValue, type NodeView } from './field-value.ts';
import { serviceEnvironment } from './service-environment.ts';

/** Where references of a pod are looked up; undefined: it does not exist. */
export interface References {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
}

export interface EnvironmentInput {
  pod: Pod;
  container: Container;
  node: NodeView;
  services: Service[];
  references: References;
}

/** A container's variables: `envFrom`, then `env` in order, each of which sees those before it, then Services where no name is taken. */
export async function environmentOf(input: EnvironmentInput): Promise<Map<string, string>> {
  const { pod, container, services } = input;
  const links = serviceEnvironment(services, { namespace: pod.metadata.namespace ?? '', enableServiceLinks: pod.spec.enableServiceLinks !== false });
  const variables = await fromSources(input);
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom === undefined ? expand(variable.value ?? '', (name) => variables.get(name) ?? links.get(name)) : await referred(input, variable);
    if (value !== undefined) variables.set(variable.name, value);
  }
  for (const [name, value] of links) if (!variables.has(name)) variables.set(name, value);
  return variables;
}

async function fromSources({ pod, container, references }: EnvironmentInput): Promise<Map<string, string>> {
  const namespace = pod.metadata.namespace ?? '';
  const variables = new Map<string, string>();
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const reference = configMapRef ?? secretRef;
    const name = reference?.name ?? '';
    const values = configMapRef === undefined ? secretValues(await references.secret(namespace, name)) : configMapValues(await references.configMap(namespace, name));
    if (values === undefined && reference?.optional !== true) throw new Error(`${configMapRef === undefined ? 'secret' : 'configmap'} "${name}" not found`);
    for (const [key, value] of Object.entries(values ?? {})) variables.set(prefix + key, value);
  }
  return variables;
}

/** undefined: an optional reference leads nowhere. */
async function referred({ pod, container, node, references }: EnvironmentInput, { valueFrom }: EnvVar): Promise<string | undefined> {
  const namespace = pod.metadata.namespace ?? '';
  if (valueFrom?.fieldRef !== undefined) return fieldValue(pod, valueFrom.fieldRef, node);
  if (valueFrom?.resourceFieldRef !== undefined) return resourceValue(pod, container, valueFrom.resourceFieldRef, node);
  if (valueFrom?.configMapKeyRef !== undefined) {
    const { name = '', key, optional } = valueFrom.configMapKeyRef;
    return keyOf({ kind: 'ConfigMap', word: 'configmap', namespace, name, key, optional: optional === true }, configMapValues(await references.configMap(namespace, name)));
  }
  if (valueFrom?.secretKeyRef !== undefined) {
    const { name = '', key, optional } = valueFrom.secretKeyRef;
    return keyOf({ kind: 'Secret', word: 'secret', namespace, name, key, optional: optional === true }, secretValues(await references.secret(namespace, name)));
  }
  return '';
}

function keyOf(wanted: { kind: string; word: string; namespace: string; name: string; key: string; optional: boolean }, values: Record<string, string> | undefined): string | undefined {
  const value = values?.[wanted.key];
  if (value !== undefined || wanted.optional) return value;
  throw new Error(values === undefined ? `${wanted.word} "${wanted.name}" not found` : `couldn't find key ${wanted.key} in ${wanted.kind} ${wanted.namespace}/${wanted.name}`);
}

/** undefined, here and below: it does not exist. */
function configMapValues(configMap: ConfigMap | undefined): Record<string, string> | undefined {
  return configMap === undefined ? undefined : (configMap.data ?? {});
}

function secretValues(secret: Secret | undefined): Record<string, string> | undefined {
  return secret === undefined ? undefined : Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));
}
