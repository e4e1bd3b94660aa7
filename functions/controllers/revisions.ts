import { inNamespace, referenceTo } from './ownership.ts';
import { CONTROLLER_REVISIONS } from './resources.ts';
import type { OwnerKind } from './ownership.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { KubeObject } from '#api/object';
import type { ControllerRevision, PodTemplateSpec } from '#api/schema/kinds.generated';
import { controllerOf } from '#core/owner';
import { newRevision, planRevision, surplusRevisions } from '#core/revisions/revision';
import { hasCode } from '#ports/errors';

export interface Revised extends KubeObject {
  spec?: { template: PodTemplateSpec; revisionHistoryLimit?: number };
  status?: { collisionCount?: number };
}

/** All revisions of an owner, and the one of its present template, made where there is none. */
export async function syncRevisions(view: ClusterView, owner: Revised, { kind, hashLabel }: { kind: Pick<OwnerKind, 'resource'>; hashLabel: string }): Promise<{ revisions: ControllerRevision[]; update: ControllerRevision }> {
  const revisions = await view.list<ControllerRevision>(CONTROLLER_REVISIONS, { ...inNamespace(owner), matches: (revision) => controllerOf(revision)?.uid === owner.metadata.uid });
  const template = owner.spec?.template ?? {};
  const step = planRevision(template, revisions);
  if (step.action === 'keep') return { revisions, update: step.revision };
  if (step.action === 'renew') {
    const { namespace, name = '' } = step.revision.metadata;
    const update = await view.update<ControllerRevision>(CONTROLLER_REVISIONS, { namespace, name }, (current) => ({ ...current, revision: step.number }));
    return { revisions: [...revisions.filter((other) => other !== step.revision), update], update };
  }
  const wanted = newRevision(owner, { reference: referenceTo(owner, kind), template, number: step.number, collisionCount: owner.status?.collisionCount ?? 0, hashLabel });
  const update = await createOnce(view, wanted);
  return { revisions: [...revisions, update], update };
}

export async function forgetRevisions(view: ClusterView, owner: Revised, { revisions, live }: { revisions: ControllerRevision[]; live: ReadonlySet<string> }): Promise<void> {
  for (const { metadata } of surplusRevisions(revisions, live, owner.spec?.revisionHistoryLimit ?? 10)) {
    await view.remove(CONTROLLER_REVISIONS, { namespace: metadata.namespace, name: metadata.name ?? '' }, { preconditions: { uid: metadata.uid ?? '' } });
  }
}

// Its name follows from its content: one that is there already is the same, or was left by an owner of the same name and will be collected.
async function createOnce(view: ClusterView, revision: ControllerRevision): Promise<ControllerRevision> {
  try {
    return await view.create<ControllerRevision>(CONTROLLER_REVISIONS, revision);
  } catch (error) {
    const { namespace, name = '' } = revision.metadata;
    const existing = hasCode(error, 'AlreadyExists') ? await view.get<ControllerRevision>(CONTROLLER_REVISIONS, { namespace, name }) : undefined;
    if (existing === undefined || controllerOf(existing)?.uid !== controllerOf(revision)?.uid) throw error;
    return existing;
  }
}
