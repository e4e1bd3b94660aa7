import type { FieldError } from '#api/field-error';
import { badRequest } from '#api/status';
import type { DeleteOptions } from '#store/object-store';
import { booleanOf, integerOf, requireValidOptions } from './query.ts';
import { dryRunErrors } from './write-options.ts';

/** metav1.DeleteOptions, as a body (kubectl) or as query parameters. */
export interface DeleteOptionsBody {
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

export function parseDeleteOptions(value: unknown): DeleteOptionsBody {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('the object provided is unrecognized (must be of type DeleteOptions)');
  const options = value as DeleteOptionsBody;
  if (options.kind !== undefined && options.kind !== 'DeleteOptions') {
    throw badRequest(`no kind "${options.kind}" is registered for version "${options.apiVersion ?? ''}" in scheme "pkg/runtime/scheme.go:111"`);
  }
  return options;
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
