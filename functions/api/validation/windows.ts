import { invalid, type FieldError } from '../field-error.ts';
import type { Container, PodSpec, WindowsSecurityContextOptions } from '../schema/kinds.generated.ts';
import { dns1123Subdomain } from './names.ts';

// No agent runs Windows containers: what is said of them is judged all the same, as manifests for several systems carry it.
const MAX_CREDENTIAL_SPEC_BYTES = 64 * 1024;
const MAX_DOMAIN = 256;
const MAX_USER = 104;
const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS = /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

export function validateWindowsOptions({ gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user }: WindowsSecurityContextOptions, path: string): FieldError[] {
  const errors: FieldError[] = name === undefined ? [] : dns1123Subdomain(name).map((text) => invalid(`${path}.gmsaCredentialSpecName`, name, text));
  if (spec === '') errors.push(invalid(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec cannot be an empty string'));
  if ((spec?.length ?? 0) > MAX_CREDENTIAL_SPEC_BYTES) errors.push(invalid(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec size must be under 64 KiB'));
  return user === undefined ? errors : [...errors, ...userProblems(user).map((text) => invalid(`${path}.runAsUserName`, user, text))];
}

/** Containers with the host's own processes: all of a pod or none, and with the host's network. */
export function validateHostProcess(spec: PodSpec, path: string): FieldError[] {
  const wholePod = spec.securityContext?.windowsOptions?.hostProcess;
  const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;
  const differing = lists.flatMap((list) =>
    (spec[list] ?? []).flatMap((container, i) => {
      const own = hostProcessOf(container);
      if (wholePod === undefined || own === undefined || own === wholePod) return [];
      return [invalid(`${path}.${list}[${i}].securityContext.windowsOptions.hostProcess`, own, `pod hostProcess value must be identical if both are specified, was ${wholePod}`)];
    }),
  );
  const effective = lists.flatMap((list) => (spec[list] ?? []).map((container) => hostProcessOf(container) ?? wholePod ?? false));
  if (!effective.includes(true)) return differing;
  const errors = effective.includes(false) ? [...differing, invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers')] : differing;
  return spec.hostNetwork ? errors : [...errors, invalid(`${path}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers')];
}

function hostProcessOf({ securityContext }: Container): boolean | undefined {
  return securityContext?.windowsOptions?.hostProcess;
}

function userProblems(user: string): string[] {
  if (user === '') return ['runAsUserName cannot be an empty string'];
  if (/[\x00-\x1f\x7f]/.test(user)) return ['runAsUserName cannot contain control characters'];
  const parts = user.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  return [...(parts.length === 2 ? domainProblems(parts[0] ?? '') : []), ...accountProblems(parts.at(-1) ?? '')];
}

function domainProblems(domain: string): string[] {
  const problems = domain.length >= MAX_DOMAIN ? [`runAsUserName's Domain length must be under ${MAX_DOMAIN} characters`] : [];
  return NETBIOS.test(domain) || DNS.test(domain) ? problems : [...problems, "runAsUserName's Domain doesn't match the NetBios nor the DNS format"];
}

function accountProblems(account: string): string[] {
  if (account === '') return ["runAsUserName's User cannot be empty"];
  const problems = account.length > MAX_USER ? [`runAsUserName's User length must not be longer than ${MAX_USER} characters`] : [];
  if (/^[. ]+$/.test(account)) problems.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(account)) problems.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return problems;
}
