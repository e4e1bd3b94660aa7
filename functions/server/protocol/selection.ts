import { convert } from '#api/conversion';
import { storageResource } from '#api/resources';
import { rulesFor } from '#api/rules';
import type { ApiResource } from '#api/resource';
import { fieldMatcher, parseFieldSelector } from '#api/selectors/fields';
import { parseLabelSelector } from '#api/selectors/labels';
import type { IndexTerm } from '#ports/table';
import type { Matches } from '#store/object-store';

/** What a list or watch is narrowed to; nothing where the selectors select everything. */
export interface Selection {
  matches?: Matches;
  index?: IndexTerm;
}

/**
 * Fields are named as in the version that is asked for, whatever version is stored (events.k8s.io has its own names for an Event's).
 * Throws SelectorError for a selector that cannot be understood.
 */
export function selectionOf(served: ApiResource, selectors: { labelSelector: string; fieldSelector: string }): Selection {
  const stored = storageResource(served);
  const labels = parseLabelSelector(selectors.labelSelector);
  const fields = parseFieldSelector(selectors.fieldSelector);
  if (labels.requirements.length === 0 && fields.requirements.length === 0) return {};
  const byServedFields = fieldMatcher(fields, served.kind, rulesFor(served));
  const byFields: Matches = served === stored ? byServedFields : (object) => byServedFields(convert(object, stored, served));
  const matches: Matches = (object) => labels.matches(object.metadata.labels) && byFields(object);
  const node = isPods(stored) ? fields.exact('spec.nodeName') : undefined;
  return node ? { matches, index: { index: 'node', term: node } } : { matches };
}

function isPods(resource: ApiResource): boolean {
  return resource.group === '' && resource.resource === 'pods';
}
