import { invalid, required, type FieldError } from '../field-error.ts';
import type { APIService, APIServiceSpec } from '../schema/kinds.generated.ts';
import { dns1035Label, dns1123Subdomain } from './names.ts';

const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;

export function validateApiService({ metadata, spec }: APIService): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum: groupPriority = 0, versionPriority = 0 } = spec ?? {};
  const errors: FieldError[] = [];
  const name = `${version}.${group}`;
  if (metadata.name !== name) errors.push(invalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`));
  if (group === '' && version !== 'v1') errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  if (group !== '') errors.push(...dns1123Subdomain(group).map((text) => invalid('spec.group', group, text)));
  errors.push(...dns1035Label(version).map((text) => invalid('spec.version', version, text)));
  if (groupPriority <= 0 || groupPriority > MAX_GROUP_PRIORITY) errors.push(invalid('spec.groupPriorityMinimum', groupPriority, 'must be positive and less than 20000'));
  if (versionPriority <= 0 || versionPriority > MAX_VERSION_PRIORITY) errors.push(invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000'));
  return [...errors, ...(spec?.service ? serviceErrors(spec) : localErrors(spec))];
}

function serviceErrors({ service, insecureSkipTLSVerify, caBundle }: APIServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (!service?.namespace) errors.push(required('spec.service.namespace'));
  if (!service?.name) errors.push(required('spec.service.name'));
  const port = service?.port;
  if (port !== undefined && (port < 1 || port > 65535)) errors.push(invalid('spec.service.port', port, 'port is not valid: must be between 1 and 65535, inclusive'));
  return insecureSkipTLSVerify && caBundle ? [...errors, invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')] : errors;
}

function localErrors(spec: Partial<APIServiceSpec> | undefined): FieldError[] {
  const errors: FieldError[] = spec?.caBundle ? [invalid('spec.caBundle', `${spec.caBundle.length} bytes`, 'local APIServices may not have a caBundle')] : [];
  return spec?.insecureSkipTLSVerify ? [...errors, invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify')] : errors;
}
