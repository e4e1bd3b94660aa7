import type { Secret } from '#api/schema/kinds.generated';
import type { References } from '../containers/environment.ts';
import type { Pod } from '../pod.ts';
import type { RegistryCredentials } from '../runtime/runtime.ts';
import type { PodEvents } from '../sync/sync-deps.ts';
import { registryOf } from './image-reference.ts';

interface Entry {
  username?: string;
  password?: string;
  auth?: string;
}

const DOCKER_HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** Out of the pod's imagePullSecrets, all that fit the image: they are tried one after the other. */
export async function pullCredentials({ references, events }: { references: Pick<References, 'secret'>; events: PodEvents }, pod: Pod, image: string): Promise<RegistryCredentials[]> {
  const names = (pod.spec.imagePullSecrets ?? []).map(({ name = '' }) => name);
  const secrets = await Promise.all(names.map((name) => references.secret(pod.metadata.namespace ?? '', name)));
  const missing = names.filter((_name, i) => secrets[i] === undefined);
  if (missing.length > 0) events.emit(pod, { type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message: `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.` });
  return credentialsFor(secrets.flatMap((secret) => (secret === undefined ? [] : [entriesOf(secret)])), image);
}

/** The more a server's name says, the earlier it is tried; of equals, in the order of the secrets. */
export function credentialsFor(configs: Record<string, Entry>[], image: string): RegistryCredentials[] {
  const fitting = configs.flatMap((entries) => Object.entries(entries)).filter(([server]) => serverFits(server, image));
  return fitting.sort(([a], [b]) => locationOf(b).length - locationOf(a).length).map(([serverAddress, entry]) => ({ ...userOf(entry), serverAddress }));
}

/** Both forms of a pull secret. One that cannot be read holds nothing. */
function entriesOf({ data }: Secret): Record<string, Entry> {
  const read = (key: string): unknown => {
    try {
      return JSON.parse(Buffer.from(data?.[key] ?? '', 'base64').toString('utf8'));
    } catch {
      return undefined;
    }
  };
  const config = read('.dockerconfigjson') as { auths?: Record<string, Entry> } | null | undefined;
  return config?.auths ?? (read('.dockercfg') as Record<string, Entry> | null | undefined) ?? {};
}

/** `host[:port][/path]`, its host with globs for whole parts; the path begins the image's. */
function serverFits(server: string, image: string): boolean {
  const [host = '', ...path] = locationOf(server).split('/');
  const registry = registryOf(image);
  if (DOCKER_HUB.has(host)) return DOCKER_HUB.has(registry);
  const prefix = path.join('/').replace(/^v[12]\/?$/, '');
  const name = image.startsWith(`${registry}/`) ? image.slice(registry.length + 1) : image;
  return hostFits(host, registry) && (prefix === '' || name.startsWith(prefix));
}

function hostFits(pattern: string, registry: string): boolean {
  const [wantedName = '', wantedPort] = pattern.split(':');
  const [name = '', port] = registry.split(':');
  const wanted = wantedName.split('.');
  const parts = name.split('.');
  return wantedPort === port && wanted.length === parts.length && wanted.every((part, i) => partFits(part, parts[i] ?? ''));
}

function partFits(pattern: string, part: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${escaped}$`).test(part);
}

function locationOf(server: string): string {
  return server.replace(/^https?:\/\//, '').replace(/\/+$/, '');
}

function userOf({ username, password, auth = '' }: Entry): { username: string; password: string } {
  const [plainUser = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  return { username: username ?? plainUser, password: password ?? rest.join(':') };
}
