import type { Pod } from '../pod.ts';
import type { References } from '../containers/environment.ts';
import type { RegistryCredentials } from '../runtime/runtime.ts';
import { registryOf } from './image-reference.ts';

interface DockerConfig {
  auths?: Record<string, { username?: string; password?: string; auth?: string }>;
}

/** Out of the pod's imagePullSecrets, the first that knows the image's registry. */
export async function pullCredentials(references: References, pod: Pod, image: string): Promise<RegistryCredentials | undefined> {
  const registry = registryOf(image);
  for (const { name = '' } of pod.spec.imagePullSecrets ?? []) {
    const secret = await references.secret(pod.metadata.namespace ?? '', name);
    const config = secret?.data?.['.dockerconfigjson'];
    if (config === undefined) continue;
    const { auths = {} } = JSON.parse(Buffer.from(config, 'base64').toString('utf8')) as DockerConfig;
    const match = Object.entries(auths).find(([server]) => hostOf(server) === registry || (registry === 'docker.io' && hostOf(server) === 'index.docker.io'));
    if (match === undefined) continue;
    const [serverAddress, { username, password, auth }] = match;
    const [plainUser = '', ...rest] = Buffer.from(auth ?? '', 'base64').toString('utf8').split(':');
    return { username: username ?? plainUser, password: password ?? rest.join(':'), serverAddress };
  }
  return undefined;
}

function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, '').split('/')[0] ?? server;
}
