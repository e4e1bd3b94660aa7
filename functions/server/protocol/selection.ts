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

/** Throws SelectorError for a selector that cannot be understood. */
export function selectionOf(stored: ApiResource, selectors: { labelSelector: string; fieldSelector: string }): Selection {
  const labels = parseLabelSelector(selectors.labelSelector);
  const fields = parseFieldSelector(selectors.fieldSelector);
  if (labels.requirements.length === 0 && fields.requirements.length === 0) return {};
  const byFields = fieldMatcher(fields, stored.kind, rulesFor(stored));
  const matches: Matches = (object) => labels.matches(object.metadata.labels) && byFields(object);
  const node = isPods(stored) ? fields.exact('spec.nodeName') : undefined;
  return node ? { matches, index: { index: 'node', term: node } } : { matches };
}

function isPods(resource: ApiResource): boolean {
  return resource.group === '' && resource.resource === 'pods';
}
