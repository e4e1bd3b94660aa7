import type { KubeObject } from '#api/object';
import { forbidden } from '#api/status';
import { builtIn, getIfExists } from '../lookup.ts';
import { type AdmissionDeps, type AdmissionRequest, isPodCreate } from './request.ts';

interface PodSpec {
  serviceAccountName?: string;
  serviceAccount?: string;
  automountServiceAccountToken?: boolean;
  imagePullSecrets?: { name?: string }[];
  volumes?: { name: string; projected?: unknown }[];
  containers?: Container[];
  initContainers?: Container[];
}

interface Container {
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface ServiceAccount extends KubeObject {
  automountServiceAccountToken?: boolean;
  imagePullSecrets?: { name?: string }[];
}

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME_PREFIX = 'kube-api-access-';
// An hour and seven seconds: recognisable as the automatic one.
const TOKEN_SECONDS = 3607;
const MIRROR = 'kubernetes.io/config.mirror';

/** Every pod runs as a ServiceAccount, and finds its token, the cluster's CA and its namespace in a projected volume. */
export async function applyServiceAccount(request: AdmissionRequest, { store, ids, config }: AdmissionDeps): Promise<void> {
  if (!config.serviceAccountAdmission || !isPodCreate(request) || request.object?.spec === undefined) return;
  if (request.object.metadata.annotations?.[MIRROR] !== undefined) return;
  const spec = request.object.spec as PodSpec;
  const name = spec.serviceAccountName || spec.serviceAccount || 'default';
  spec.serviceAccountName = name;
  spec.serviceAccount = name;

  const found = await getIfExists(store, builtIn('', 'serviceaccounts'), { namespace: request.namespace, name });
  if (found === undefined) {
    const why = `error looking up service account ${request.namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden({ group: '', resource: 'pods' }, request.name, why);
  }
  const account = found.object as ServiceAccount;
  if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(spec, () => `${VOLUME_PREFIX}${ids.suffix(5)}`);
  if ((spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets?.length) spec.imagePullSecrets = structuredClone(account.imagePullSecrets);
}

function mountToken(spec: PodSpec, newName: () => string): void {
  const existing = spec.volumes?.find((volume) => volume.name.startsWith(VOLUME_PREFIX))?.name;
  const name = existing ?? newName();
  const lacking = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter(
    (container) => !container.volumeMounts?.some((mount) => mount.mountPath === MOUNT_PATH),
  );
  if (lacking.length === 0) return;
  for (const container of lacking) container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }];
  if (existing === undefined) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

function tokenVolume(name: string): { name: string; projected: unknown } {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  };
}
