import { renderTable, type IncludeObject, type ListMeta, type Table } from '#api/printing/table';
import { storageResource } from '#api/resources';
import { rulesFor } from '#api/rules';
import { badRequest } from '#api/status';
import type { StoredObject } from '#store/object-store';
import type { ResourceRequest } from '../routes/resource-request.ts';
import { externalObject } from './external-version.ts';

/** Objects as the rows of a Table, with the columns of their kind. */
export function tableOf(request: ResourceRequest, items: readonly StoredObject[], options: { listMeta: ListMeta; withoutColumns?: boolean }): Table {
  const stored = storageResource(request.resource);
  const includeObject = includeObjectOf(request.query);
  // Columns are made for the stored version; who wants the whole object gets it as asked for.
  const objects = items.map((item) => (includeObject === 'Object' ? externalObject(item, request.resource) : item.object));
  return renderTable({ rules: rulesFor(stored), items: objects, includeObject, nowMs: request.deps.clock.now(), ...options });
}

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject') ?? '';
  if (asked === '') return 'Metadata';
  if (asked === 'None' || asked === 'Metadata' || asked === 'Object') return asked;
  throw badRequest(`Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`);
}
