import { canonicalJson, hashName } from '../hash.ts';
import { templateOf } from '#api/controller-revision';
import type { KubeObject, OwnerReference } from '#api/object';
import type { ControllerRevision, PodTemplateSpec } from '#api/schema/kinds.generated';

/** On pods: the name of the revision that they were made from. */
export const REVISION_HASH = 'controller-revision-hash';

export function revisionHashOf({ metadata }: KubeObject): string {
  return metadata.labels?.[REVISION_HASH] ?? '';
}

export function sortedRevisions(revisions: ControllerRevision[]): ControllerRevision[] {
  return [...revisions].sort((a, b) => Number(a.revision) - Number(b.revision) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

export type RevisionStep =
  | { action: 'keep'; revision: ControllerRevision }
  /** An elder one is wanted again: it becomes the newest. */
  | { action: 'renew'; revision: ControllerRevision; number: number }
  | { action: 'create'; number: number };

/** The revision of the owner's present template. */
export function planRevision(template: PodTemplateSpec, revisions: ControllerRevision[]): RevisionStep {
  const sorted = sortedRevisions(revisions);
  const newest = sorted.at(-1);
  const number = Number(newest?.revision ?? 0) + 1;
  const wanted = canonicalJson(template);
  const same = sorted.findLast((revision) => canonicalJson(templateOf(revision)) === wanted);
  if (same === undefined) return { action: 'create', number };
  return same === newest ? { action: 'keep', revision: same } : { action: 'renew', revision: same, number };
}

export interface NewRevision {
  reference: OwnerReference;
  template: PodTemplateSpec;
  number: number;
  collisionCount: number;
  /** The label that carries the hash; the two kinds differ in it. */
  hashLabel: string;
}

export function newRevision(owner: KubeObject, { reference, template, number, collisionCount, hashLabel }: NewRevision): ControllerRevision {
  const hash = hashName(`${canonicalJson(template)}#${collisionCount}`);
  const { name = '', namespace, annotations } = owner.metadata;
  return {
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ownerReferences: [reference],
    },
    data: { spec: { template: { ...template, $patch: 'replace' } } },
    revision: number,
  };
}

/** The eldest that nothing uses, beyond what the owner wants to remember. */
export function surplusRevisions(revisions: ControllerRevision[], live: ReadonlySet<string>, limit: number): ControllerRevision[] {
  const unused = sortedRevisions(revisions).filter(({ metadata }) => !live.has(metadata.name ?? ''));
  return unused.slice(0, Math.max(0, unused.length - limit));
}
