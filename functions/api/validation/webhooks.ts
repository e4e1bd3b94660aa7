import { duplicate, invalid, notSupported, required, tooMany, type FieldError } from '../field-error.ts';
import type { MutatingWebhook, RuleWithOperations, ValidatingWebhook, WebhookClientConfig } from '../schema/kinds.generated.ts';
import { validateLabelSelector } from './label-selector.ts';
import { dns1035Label, dns1123Subdomain, qualifiedName } from './names.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
const MAX_CONDITIONS = 64;

export function validateWebhooks(webhooks: (ValidatingWebhook | MutatingWebhook)[] = []): FieldError[] {
  const names = new Set<string>();
  return webhooks.flatMap((webhook, i) => {
    const path = `webhooks[${i}]`;
    const errors = webhookErrors(webhook, path);
    if (webhook.name && names.has(webhook.name)) errors.push(duplicate(`${path}.name`, webhook.name));
    names.add(webhook.name);
    return errors;
  });
}

function webhookErrors(webhook: ValidatingWebhook | MutatingWebhook, path: string): FieldError[] {
  const { failurePolicy, matchPolicy, sideEffects, timeoutSeconds, matchConditions = [] } = webhook;
  const errors = nameErrors(webhook.name ?? '', `${path}.name`);
  errors.push(...(webhook.rules ?? []).flatMap((rule, i) => validateRule(rule, `${path}.rules[${i}]`)));
  errors.push(...choice(failurePolicy, `${path}.failurePolicy`, ['Fail', 'Ignore']), ...choice(matchPolicy, `${path}.matchPolicy`, ['Equivalent', 'Exact']));
  if (!sideEffects) errors.push(required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
  else errors.push(...choice(sideEffects, `${path}.sideEffects`, ['None', 'NoneOnDryRun']));
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > 30)) errors.push(invalid(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'));
  errors.push(...validateLabelSelector(webhook.namespaceSelector, `${path}.namespaceSelector`), ...validateLabelSelector(webhook.objectSelector, `${path}.objectSelector`));
  errors.push(...clientErrors(webhook.clientConfig, `${path}.clientConfig`), ...reviewErrors(webhook.admissionReviewVersions, `${path}.admissionReviewVersions`));
  errors.push(...conditionErrors(matchConditions, `${path}.matchConditions`));
  if ('reinvocationPolicy' in webhook) errors.push(...choice(webhook.reinvocationPolicy, `${path}.reinvocationPolicy`, ['IfNeeded', 'Never']));
  return errors;
}

function nameErrors(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)];
  const errors = dns1123Subdomain(name).map((text) => invalid(field, name, text));
  if (errors.length > 0) return errors;
  return name.split('.').length < 3 ? [invalid(field, name, 'should be a domain with at least three segments separated by dots')] : [];
}

/** Which requests a webhook or a policy is for. */
export function validateRule({ operations = [], apiGroups = [], apiVersions = [], resources = [], scope }: RuleWithOperations, path: string): FieldError[] {
  const lists = { apiGroups, apiVersions, resources };
  const errors: FieldError[] = operations.length === 0 ? [required(`${path}.operations`)] : [];
  if (operations.length > 1 && operations.includes('*')) errors.push(invalid(`${path}.operations`, operations, "if '*' is present, must not specify other operations"));
  errors.push(...operations.flatMap((operation, i) => (OPERATIONS.includes(operation) ? [] : [notSupported(`${path}.operations[${i}]`, operation, OPERATIONS)])));
  for (const field of ['apiGroups', 'apiVersions'] as const) {
    if (lists[field].length === 0) errors.push(required(`${path}.${field}`));
    if (lists[field].length > 1 && lists[field].includes('*')) errors.push(invalid(`${path}.${field}`, lists[field], `if '*' is present, must not specify other ${field === 'apiGroups' ? 'API groups' : 'API versions'}`));
  }
  errors.push(...apiVersions.flatMap((version, i) => (version === '' ? [required(`${path}.apiVersions[${i}]`)] : [])), ...resourceErrors(resources, `${path}.resources`));
  return scope === undefined || SCOPES.includes(scope) ? errors : [...errors, notSupported(`${path}.scope`, scope, SCOPES)];
}

function resourceErrors(resources: string[], field: string): FieldError[] {
  const errors: FieldError[] = resources.length === 0 ? [required(field)] : [];
  for (const [i, resource] of resources.entries()) {
    if (resource === '') errors.push(required(`${field}[${i}]`));
    const [main = '', sub] = resource.split('/');
    const covering = sub === undefined ? [] : [`*/${sub}`, `${main}/*`, '*/*'].filter((wider) => wider !== resource && resources.includes(wider));
    if (covering.length > 0) errors.push(invalid(`${field}[${i}]`, resource, `if '${covering[0]}' is present, must not specify ${resource}`));
  }
  const isAlone = resources.length < 2 || !resources.includes('*/*');
  if (!isAlone) errors.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && resources.some((resource) => resource !== '*' && !resource.includes('/'))) {
    errors.push(invalid(field, resources, "if '*' is present, must not specify other resources without subresources"));
  }
  return errors;
}

function clientErrors(config: Partial<WebhookClientConfig> | undefined, path: string): FieldError[] {
  const { url, service } = config ?? {};
  if ((url === undefined) === (service === undefined)) return [required(path, 'exactly one of url or service is required')];
  if (url !== undefined) return urlErrors(url, `${path}.url`);
  const errors: FieldError[] = [];
  // The real server takes one for the other when it says which is missing.
  if (!service?.name) errors.push(required(`${path}.service.namespace`));
  if (!service?.namespace) errors.push(required(`${path}.service.name`));
  const port = service?.port;
  if (port !== undefined && (port < 1 || port > 65535)) errors.push(invalid(`${path}.service.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'));
  return [...errors, ...servicePathErrors(service?.path, `${path}.service.path`)];
}

function urlErrors(url: string, field: string): FieldError[] {
  const form = "desired format: https://host[/path]";
  const parts = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(url);
  if (!parts || /[\s\x00-\x1f]/.test(url)) return [required(field, `url must be a valid URL: parse ${JSON.stringify(url)}: invalid URL; ${form}`)];
  const [, scheme = '', authority = '', , query = '', fragment = ''] = parts;
  const errors: FieldError[] = [];
  if (scheme !== 'https') errors.push(invalid(field, scheme, `'https' is the only allowed URL scheme; ${form}`));
  if (authority.replace(/^.*@/, '') === '') errors.push(invalid(field, '', `host must be specified; ${form}`));
  if (authority.includes('@')) errors.push(invalid(field, authority.replace(/@.*$/, ''), 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(invalid(field, fragment.slice(1), 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(invalid(field, query.slice(1), 'query parameters are not permitted in the URL'));
  return errors;
}

function servicePathErrors(path: string | undefined, field: string): FieldError[] {
  if (!path || path === '/') return [];
  if (!path.startsWith('/')) return [invalid(field, path, "must start with a '/'")];
  const steps = path.slice(1).replace(/\/$/, '').split('/');
  return steps.flatMap((step, i) => (step === '' ? [invalid(field, path, `segment[${i}] may not be empty`)] : dns1123Subdomain(step).map((text) => invalid(field, path, `segment[${i}]: ${text}`))));
}

function reviewErrors(versions: string[] | undefined, field: string): FieldError[] {
  if (!versions?.length) return [required(field, 'must specify one of v1, v1beta1')];
  const seen = new Set<string>();
  const errors = versions.flatMap((version, i) => {
    const again = seen.has(version);
    seen.add(version);
    if (again) return [invalid(`${field}[${i}]`, version, 'duplicate version')];
    return dns1035Label(version).map((text) => invalid(`${field}[${i}]`, version, text));
  });
  if (versions.some((version) => version === 'v1' || version === 'v1beta1')) return errors;
  return [...errors, invalid(field, versions, 'must include at least one of v1, v1beta1')];
}

/** Names of CEL conditions, and that each says something. */
export function conditionErrors(conditions: { name?: string; expression?: string }[], path: string): FieldError[] {
  const errors: FieldError[] = conditions.length > MAX_CONDITIONS ? [tooMany(path, conditions.length, MAX_CONDITIONS)] : [];
  const names = new Set<string>();
  return [
    ...errors,
    ...conditions.flatMap(({ name = '', expression = '' }, i) => {
      const found: FieldError[] = expression.trim() === '' ? [required(`${path}[${i}].expression`)] : [];
      if (name === '') found.push(required(`${path}[${i}].name`));
      else found.push(...qualifiedName(name).map((text) => invalid(`${path}[${i}].name`, name, text)));
      if (name !== '' && names.has(name)) found.push(duplicate(`${path}[${i}].name`, name));
      names.add(name);
      return found;
    }),
  ];
}

function choice(value: string | undefined, field: string, supported: string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}
