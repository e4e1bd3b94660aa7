import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { rulesFor } from '#api/rules';
import type { IndexTerm } from '#ports/table';

/** Every object is found by the uid of each of its owners; a kind's own rules add to that (pods by node). */
export function indexTermsOf(resource: ApiResource, object: KubeObject): IndexTerm[] {
  const owners = new Set(object.metadata.ownerReferences?.map(({ uid }) => uid));
  return [...[...owners].map((term) => ({ index: 'owner', term })), ...(rulesFor(resource).indexTerms?.(object) ?? [])];
}

export function hasTerm(resource: ApiResource, object: KubeObject, { index, term }: IndexTerm): boolean {
  return indexTermsOf(resource, object).some((own) => own.index === index && own.term === term);
}
