import { parseJson } from '#api/codec/json';
import type { FieldError } from '#api/field-error';
import { badRequest } from '#api/status';
import type { DeleteOptions } from '#store/object-store';
import { booleanOf, integerOf, requireValidOptions } from './query.ts';
import { dryRunErrors } from './write-options.ts';

/** metav1.DeleteOptions, as a body (kubectl) or as query parameters. */
interface DeleteOptionsBody {
  kind?: string;
  apiVersion?: string;
  gracePeriodSeconds?: number | null;
  preconditions?: { uid?: string; resourceVersion?: string } | null;
  orphanDependents?: boolean | null;
  propagationPolicy?: string | null;
  dryRun?: string[];
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];

export function deleteOptionsOf(query: URLSearchParams, body: DeleteOptionsBody | undefined): DeleteOptions {
  const options = body ?? fromQuery(query);
  requireValidOptions('DeleteOptions', [...policyErrors(options), ...dryRunErrors(options.dryRun ?? [])]);
  const policy = options.propagationPolicy ?? (options.orphanDependents == null ? undefined : options.orphanDependents ? 'Orphan' : 'Background');
  return {
    dryRun: (options.dryRun ?? []).includes('All'),
    ...(policy == null ? {} : { propagationPolicy: policy as NonNullable<DeleteOptions['propagationPolicy']> }),
    ...(options.gracePeriodSeconds == null ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
    ...(options.preconditions ? { preconditions: options.preconditions } : {}),
  };
}

/** undefined for an empty body: then the query speaks. */
export function parseDeleteOptions(json: Uint8Array): DeleteOptionsBody | undefined {
  if (json.length === 0) return undefined;
  const value = readObject(json);
  if (value.kind !== undefined && value.kind !== 'DeleteOptions') {
    throw badRequest(`no kind "${value.kind}" is registered for version "${value.apiVersion ?? ''}" in scheme "pkg/runtime/scheme.go:111"`);
  }
  return value;
}

function readObject(json: Uint8Array): DeleteOptionsBody {
  try {
    return parseJson(json) as DeleteOptionsBody;
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}

function fromQuery(query: URLSearchParams): DeleteOptionsBody {
  const gracePeriodSeconds = integerOf(query, 'gracePeriodSeconds');
  const orphanDependents = booleanOf(query, 'orphanDependents');
  return {
    dryRun: query.getAll('dryRun'),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(query.get('propagationPolicy') ? { propagationPolicy: query.get('propagationPolicy') } : {}),
  };
}

function policyErrors({ propagationPolicy, orphanDependents }: DeleteOptionsBody): FieldError[] {
  if (propagationPolicy == null) return [];
  if (orphanDependents != null) {
    const message = `Invalid value: ${JSON.stringify(propagationPolicy)}: orphanDependents and deletionPropagation cannot be both set`;
    return [{ type: 'FieldValueInvalid', field: 'propagationPolicy', message }];
  }
  if (POLICIES.includes(propagationPolicy)) return [];
  const supported = [...POLICIES, 'nil'].map((policy) => JSON.stringify(policy)).join(', ');
  return [{ type: 'FieldValueNotSupported', field: 'propagationPolicy', message: `Unsupported value: ${JSON.stringify(propagationPolicy)}: supported values: ${supported}` }];
}
