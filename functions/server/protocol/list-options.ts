import type { FieldError } from '#api/field-error';
import { badRequest } from '#api/status';
import type { Revision } from '#ports/table';
import { isTrue } from '../request-info.ts';
import { booleanOf, integerOf, requireValidOptions } from './query.ts';

/** metav1.ListOptions of one request: for lists, watches and deletecollection. */
export interface ListOptions {
  labelSelector: string;
  fieldSelector: string;
  limit: number;
  continue: string;
  /** Absent where the client named none; 0 is "any". */
  resourceVersion?: Revision;
  resourceVersionMatch: '' | 'Exact' | 'NotOlderThan';
  watch: boolean;
  allowWatchBookmarks: boolean;
  sendInitialEvents?: boolean;
  timeoutSeconds?: number;
  /** Ours: the watch ends when it has given what there is. */
  untilHead: boolean;
}

export function listOptionsOf(query: URLSearchParams, watch: boolean): ListOptions {
  const sendInitialEvents = booleanOf(query, 'sendInitialEvents');
  const resourceVersion = query.get('resourceVersion') ?? '';
  const timeoutSeconds = integerOf(query, 'timeoutSeconds');
  const options = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: Math.max(0, integerOf(query, 'limit') ?? 0),
    continue: query.get('continue') ?? '',
    resourceVersionMatch: (query.get('resourceVersionMatch') ?? '') as ListOptions['resourceVersionMatch'],
    watch,
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    ...(sendInitialEvents === undefined ? {} : { sendInitialEvents }),
    ...(timeoutSeconds === undefined || timeoutSeconds <= 0 ? {} : { timeoutSeconds }),
    untilHead: isTrue(query.get('untilHead')),
  };
  requireValidOptions('ListOptions', [...matchErrors(options, resourceVersion), ...initialEventsErrors(options)]);
  return resourceVersion === '' ? options : { ...options, resourceVersion: revisionOf(resourceVersion) };
}

function matchErrors(options: Omit<ListOptions, 'resourceVersion'>, resourceVersion: string): FieldError[] {
  const match = options.resourceVersionMatch as string;
  if (match === '') return [];
  const at = (type: FieldError['type'], message: string): FieldError[] => [{ type, field: 'resourceVersionMatch', message }];
  if (options.watch) {
    if (options.sendInitialEvents !== undefined) return [];
    const unsupported = match === 'NotOlderThan' ? [] : at('FieldValueNotSupported', `Unsupported value: ${JSON.stringify(match)}: supported values: "NotOlderThan"`);
    return [...at('FieldValueForbidden', 'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'), ...unsupported];
  }
  const errors: FieldError[] = [];
  if (resourceVersion === '') errors.push(...at('FieldValueForbidden', 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided'));
  if (options.continue !== '') errors.push(...at('FieldValueForbidden', 'Forbidden: resourceVersionMatch is forbidden when continue is provided'));
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push(...at('FieldValueNotSupported', `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`));
  }
  if (match === 'Exact' && resourceVersion === '0') {
    errors.push(...at('FieldValueForbidden', 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  return errors;
}

function initialEventsErrors({ watch, sendInitialEvents, resourceVersionMatch }: Omit<ListOptions, 'resourceVersion'>): FieldError[] {
  if (sendInitialEvents === undefined) return [];
  if (!watch) return [{ type: 'FieldValueForbidden', field: 'sendInitialEvents', message: 'Forbidden: sendInitialEvents is forbidden for list' }];
  if (resourceVersionMatch === 'NotOlderThan') return [];
  const message = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
  const errors: FieldError[] = [{ type: 'FieldValueForbidden', field: 'resourceVersionMatch', message }];
  const match = resourceVersionMatch as string;
  if (match === '') return errors;
  return [...errors, { type: 'FieldValueNotSupported', field: 'resourceVersionMatch', message: `Unsupported value: ${JSON.stringify(match)}: supported values: "NotOlderThan"` }];
}

function revisionOf(text: string): Revision {
  if (!/^\d+$/.test(text)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`);
  }
  return Number(text);
}
