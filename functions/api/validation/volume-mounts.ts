import { forbidden, invalid, notFound, notSupported, required, type FieldError } from '../field-error.ts';
import type { Container, Volume, VolumeMount } from '../schema/kinds.generated.ts';
import { localDescendingPath } from './references.ts';

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIVE_READ_ONLY = ['Disabled', 'Enabled', 'IfPossible'];

export function validateVolumeMounts(container: Container, volumes: ReadonlyMap<string, Volume>, path: string): FieldError[] {
  const devicePaths = new Set((container.volumeDevices ?? []).map((device) => device.devicePath));
  const deviceNames = new Set((container.volumeDevices ?? []).map((device) => device.name));
  const seen = new Set<string>();
  return (container.volumeMounts ?? []).flatMap((mount, i) => {
    const at = `${path}[${i}]`;
    const errors: FieldError[] = [];
    if (!mount.name) errors.push(required(`${at}.name`));
    if (!volumes.has(mount.name ?? '')) errors.push(notFound(`${at}.name`, mount.name ?? ''));
    if (!mount.mountPath) errors.push(required(`${at}.mountPath`));
    if (seen.has(mount.mountPath)) errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    seen.add(mount.mountPath);
    if (deviceNames.has(mount.name)) errors.push(invalid(`${at}.name`, mount.name, 'must not already exist in volumeDevices'));
    if (devicePaths.has(mount.mountPath)) errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices'));
    return [...errors, ...subPathErrors(mount, at, path), ...propagationErrors(mount, path, container)];
  });
}

export function validateVolumeDevices(container: Container, volumes: ReadonlyMap<string, Volume>, path: string): FieldError[] {
  const names = new Set<string>();
  const paths = new Set<string>();
  const mounted = new Set((container.volumeMounts ?? []).map((mount) => mount.name));
  return (container.volumeDevices ?? []).flatMap(({ name, devicePath }, i) => {
    const at = `${path}[${i}]`;
    const volume = volumes.get(name ?? '');
    const errors: FieldError[] = [];
    if (!name) errors.push(required(`${at}.name`));
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, 'must be unique'));
    if (!volume) errors.push(notFound(`${at}.name`, name ?? ''));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) errors.push(invalid(`${at}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    if (!devicePath) errors.push(required(`${at}.devicePath`));
    else if (paths.has(devicePath)) errors.push(invalid(`${at}.devicePath`, devicePath, 'must be unique'));
    else if (devicePath.split('/').includes('..')) errors.push(invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    if (name && mounted.has(name)) errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'));
    names.add(name);
    paths.add(devicePath);
    return errors;
  });
}

// The real server names the list here and below, not the mount.
function subPathErrors(mount: VolumeMount, at: string, list: string): FieldError[] {
  const errors: FieldError[] = [];
  if (mount.subPath) errors.push(...localDescendingPath(`${list}.subPath`, mount.subPath));
  if (mount.subPath && mount.subPathExpr) errors.push(invalid(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
  if (mount.subPathExpr) errors.push(...localDescendingPath(`${list}.subPathExpr`, mount.subPathExpr));
  return errors;
}

function propagationErrors(mount: VolumeMount, path: string, container: Container): FieldError[] {
  const errors: FieldError[] = [];
  const propagation = mount.mountPropagation;
  if (propagation !== undefined) {
    if (!PROPAGATIONS.includes(propagation)) errors.push(notSupported(`${path}.mountPropagation`, propagation, PROPAGATIONS));
    if (propagation === 'Bidirectional' && !container.securityContext?.privileged) {
      errors.push(forbidden(`${path}.mountPropagation`, 'Bidirectional mount propagation is available only to privileged containers'));
    }
  }
  const recursive = mount.recursiveReadOnly;
  if (recursive === undefined || recursive === 'Disabled') return errors;
  const field = `${path}.recursiveReadOnly`;
  if (!RECURSIVE_READ_ONLY.includes(recursive)) return [...errors, notSupported(field, recursive, RECURSIVE_READ_ONLY)];
  if (!mount.readOnly) errors.push(forbidden(field, 'may only be specified when readOnly is true'));
  if (propagation !== undefined && propagation !== 'None') errors.push(forbidden(field, 'may only be specified when mountPropagation is None or not specified'));
  return errors;
}
