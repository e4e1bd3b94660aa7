import { duplicate, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { AppArmorProfile, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext } from '../schema/kinds.generated.ts';
import { userId } from './numbers.ts';
import { localDescendingPath } from './references.ts';
import { validateWindowsOptions } from './windows.ts';

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const SYSCTL_FORMAT = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?';

export function validateSecurityContext(context: SecurityContext | undefined, path: string, hostUsers = true): FieldError[] {
  if (!context) return [];
  const errors = [...userId(`${path}.runAsUser`, context.runAsUser), ...userId(`${path}.runAsGroup`, context.runAsGroup)];
  if (context.procMount !== undefined && context.procMount !== 'Default' && context.procMount !== 'Unmasked') {
    errors.push(notSupported(`${path}.procMount`, context.procMount, ['Default', 'Unmasked']));
  }
  if (context.procMount === 'Unmasked' && hostUsers) {
    errors.push(invalid(`${path}.procMount`, context.procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  if (context.seccompProfile) errors.push(...profileErrors(context.seccompProfile, `${path}.seccompProfile`, true));
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged) errors.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    if (context.capabilities?.add?.some((capability) => capability === 'CAP_SYS_ADMIN')) {
      errors.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
    }
  }
  if (context.windowsOptions) errors.push(...validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`));
  if (context.appArmorProfile) errors.push(...profileErrors(context.appArmorProfile, `${path}.appArmorProfile`, false));
  return errors;
}

export function validatePodSecurityContext(context: PodSecurityContext, path: string, spec: PodSpec): FieldError[] {
  const errors = [...userId(`${path}.fsGroup`, context.fsGroup), ...userId(`${path}.runAsUser`, context.runAsUser), ...userId(`${path}.runAsGroup`, context.runAsGroup)];
  errors.push(...(context.supplementalGroups ?? []).flatMap((group, i) => userId(`${path}.supplementalGroups[${i}]`, group)));
  if (context.supplementalGroupsPolicy !== undefined) errors.push(...oneOf(`${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict']));
  errors.push(...sysctlErrors(context, path, spec));
  if (context.fsGroupChangePolicy !== undefined) errors.push(...oneOf(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']));
  if (context.seLinuxChangePolicy !== undefined) errors.push(...oneOf(`${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['Recursive']));
  if (context.seccompProfile) errors.push(...profileErrors(context.seccompProfile, `${path}.seccompProfile`, true));
  if (context.windowsOptions) errors.push(...validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`));
  if (context.appArmorProfile) errors.push(...profileErrors(context.appArmorProfile, `${path}.appArmorProfile`, false));
  return errors;
}

function oneOf(field: string, value: string, supported: string[]): FieldError[] {
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function profileErrors(profile: SeccompProfile | AppArmorProfile, path: string, isSeccomp: boolean): FieldError[] {
  const name = profile.localhostProfile;
  if (profile.type === 'Localhost') return localhostErrors(name, `${path}.localhostProfile`, isSeccomp);
  const errors: FieldError[] = [];
  const isKnown = PROFILE_TYPES.includes(profile.type ?? '');
  if (name !== undefined && (isSeccomp || isKnown)) errors.push(invalid(`${path}.localhostProfile`, isSeccomp ? { Type: profile.type ?? '', LocalhostProfile: name } : name, `can only be set when ${isSeccomp ? 'seccomp' : 'AppArmor'} type is Localhost`));
  if (!profile.type) return [...errors, required(`${path}.type`, `type is required when ${isSeccomp ? 'seccompProfile' : 'appArmorProfile'} is set`)];
  return isKnown ? errors : [...errors, notSupported(`${path}.type`, profile.type, PROFILE_TYPES)];
}

function localhostErrors(name: string | undefined, field: string, isSeccomp: boolean): FieldError[] {
  if (isSeccomp) return name === undefined ? [required(field, 'must be set when seccomp type is Localhost')] : localDescendingPath(field, name);
  if (!name?.trim()) return [required(field, 'must be set when AppArmor type is Localhost')];
  return name.trim() === name ? [] : [invalid(field, name, 'must not be padded with whitespace')];
}

function sysctlErrors(context: PodSecurityContext, path: string, spec: PodSpec): FieldError[] {
  const names = new Set<string>();
  return (context.sysctls ?? []).flatMap(({ name }, i) => {
    const field = `${path}.sysctls[${i}].name`;
    if (!name) return [required(field)];
    const plain = name.replaceAll('/', '.');
    const errors: FieldError[] = [];
    if (name.length > 253 || !SYSCTL.test(name)) errors.push(invalid(field, name, `must have at most 253 characters and match regex ^${SYSCTL_FORMAT}$`));
    else if (names.has(name)) errors.push(duplicate(field, name));
    names.add(name);
    if (spec.hostNetwork && plain.startsWith('net.')) errors.push(invalid(field, name, 'may not be specified when \'hostNetwork\' is true'));
    if (spec.hostIPC && (plain.startsWith('kernel.sem') || plain.startsWith('kernel.shm') || plain.startsWith('kernel.msg') || plain.startsWith('fs.mqueue.'))) {
      errors.push(invalid(field, name, "may not be specified when 'hostIPC' is true"));
    }
    return errors;
  });
}
