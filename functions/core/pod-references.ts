import type { KubeObject } from '#api/object';

/** What a pod refers to by name in its own namespace: what its node may read for its sake. */
export interface PodReferences {
  secrets: Set<string>;
  configmaps: Set<string>;
  persistentvolumeclaims: Set<string>;
  serviceAccount: string;
}

interface PodSpecPart {
  serviceAccountName?: string;
  imagePullSecrets?: Named[];
  volumes?: VolumePart[];
  containers?: ContainerPart[];
  initContainers?: ContainerPart[];
  ephemeralContainers?: ContainerPart[];
}

interface Named {
  name?: string;
}

interface ContainerPart {
  env?: { valueFrom?: { secretKeyRef?: Named; configMapKeyRef?: Named } }[];
  envFrom?: { secretRef?: Named; configMapRef?: Named }[];
}

interface VolumePart {
  secret?: { secretName?: string };
  configMap?: Named;
  persistentVolumeClaim?: { claimName?: string };
  projected?: { sources?: { secret?: Named; configMap?: Named }[] };
  [driver: string]: unknown;
}

export function podReferences(pod: KubeObject): PodReferences {
  const spec = (pod.spec ?? {}) as PodSpecPart;
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  const volumes = spec.volumes ?? [];
  return {
    secrets: names([
      ...(spec.imagePullSecrets ?? []).map((ref) => ref.name),
      ...containers.flatMap((container) => [
        ...(container.env ?? []).map((env) => env.valueFrom?.secretKeyRef?.name),
        ...(container.envFrom ?? []).map((from) => from.secretRef?.name),
      ]),
      ...volumes.flatMap(secretsOfVolume),
    ]),
    configmaps: names([
      ...containers.flatMap((container) => [
        ...(container.env ?? []).map((env) => env.valueFrom?.configMapKeyRef?.name),
        ...(container.envFrom ?? []).map((from) => from.configMapRef?.name),
      ]),
      ...volumes.flatMap((volume) => [volume.configMap?.name, ...(volume.projected?.sources ?? []).map((source) => source.configMap?.name)]),
    ]),
    persistentvolumeclaims: names(volumes.map((volume) => volume.persistentVolumeClaim?.claimName)),
    serviceAccount: spec.serviceAccountName ?? '',
  };
}

// Every driver that takes a Secret names it `secretRef` (flexVolume, cephfs, iscsi ...) or, for CSI, one of its publish references.
function secretsOfVolume(volume: VolumePart): (string | undefined)[] {
  const drivers = Object.values(volume).filter((part): part is Record<string, Named | undefined> => typeof part === 'object' && part !== null);
  return [
    volume.secret?.secretName,
    ...(volume.projected?.sources ?? []).map((source) => source.secret?.name),
    ...drivers.flatMap((driver) => [driver.secretRef?.name, driver.nodePublishSecretRef?.name]),
  ];
}

function names(found: (string | undefined)[]): Set<string> {
  return new Set(found.filter((name): name is string => name !== undefined && name !== ''));
}
