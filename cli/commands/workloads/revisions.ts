import { templateOf } from '#api/controller-revision';
import type { KubeObject } from '#api/object';
import type { ControllerRevision, Deployment, PodTemplateSpec, ReplicaSet } from '#api/schema/kinds.generated';
import { CONTROLLER_REVISIONS, REPLICA_SETS } from '#client/core-resources';
import { Failure } from '#client/failure';
import { shortKind } from '../../cluster/kinds.ts';
import type { Session } from '../../cluster/session.ts';
import type { Target } from '../../cluster/targets.ts';
import { alignedLines } from '../../render/columns.ts';
import { describeTemplate } from '../../render/describe/pod-template.ts';

export interface Revision {
  number: number;
  cause: string;
  template: PodTemplateSpec;
}

const REVISION = 'deployment.kubernetes.io/revision';
const CAUSE = 'kubernetes.io/change-cause';
const TEMPLATE_HASH = 'pod-template-hash';

export async function printHistory(session: Session, target: Required<Target>, wanted: number | undefined): Promise<void> {
  const { revisions } = await revisionsOf(session, target);
  const title = `${shortKind(target.kind)}/${target.name}`;
  if (wanted === undefined || wanted === 0) {
    process.stdout.write(`${title} \n${alignedLines([['REVISION', 'CHANGE-CAUSE'], ...revisions.map(({ number, cause }) => [String(number), cause])])}\n`);
    return;
  }
  const revision = revisions.find(({ number }) => number === wanted);
  if (!revision) throw new Failure(`unable to find the specified revision`, { why: known(revisions) });
  process.stdout.write(`${title} with revision #${wanted}\n${describeTemplate(revision.template)}\n`);
}

/** Puts an elder revision's template back; `wanted` 0 is the one before the present. */
export async function undo(session: Session, target: Required<Target>, wanted: number): Promise<void> {
  const { revisions, present, isPaused } = await revisionsOf(session, target);
  if (isPaused) throw new Failure(`you cannot rollback a paused deployment`, { fix: `Resume it first: \`zeroplane rollout resume ${target.kind.singular}/${target.name}\`` });
  const chosen = wanted === 0 ? revisions.filter(({ number }) => number !== present).at(-1) : revisions.find(({ number }) => number === wanted);
  if (!chosen) throw new Failure(wanted === 0 ? `no rollout history found for ${target.kind.singular} "${target.name}"` : `unable to find specified revision ${wanted} in history`, { why: known(revisions) });
  const title = `${shortKind(target.kind)}/${target.name}`;
  if (chosen.number === present) {
    process.stdout.write(`${title} skipped rollback (current template already matches revision ${chosen.number})\n`);
    return;
  }
  const { [TEMPLATE_HASH]: _, ...labels } = chosen.template.metadata?.labels ?? {};
  const template = { ...chosen.template, metadata: { ...chosen.template.metadata, labels } };
  await session.client.patch(target.kind, { namespace: session.namespace, name: target.name }, { type: 'application/json-patch+json', body: [{ op: 'replace', path: '/spec/template', value: template }] });
  process.stdout.write(`${title} rolled back\n`);
}

interface History {
  revisions: Revision[];
  /** The number of the one that is wanted now. */
  present: number;
  isPaused: boolean;
}

async function revisionsOf(session: Session, target: Required<Target>): Promise<History> {
  const { client, namespace } = session;
  if (target.kind.kind === 'Deployment') {
    const deployment = await client.get<Deployment>(target.kind, { namespace, name: target.name });
    const revisions = inReplicaSets(ownedBy(deployment, (await client.list<ReplicaSet>(REPLICA_SETS, { namespace })).items));
    return { revisions, present: Number(deployment.metadata.annotations?.[REVISION] ?? 0), isPaused: deployment.spec?.paused === true };
  }
  if (!['StatefulSet', 'DaemonSet'].includes(target.kind.kind)) throw new Failure(`${shortKind(target.kind)} has no history`, { fix: 'Deployments, StatefulSets and DaemonSets have one.' });
  const owner = await client.get<KubeObject>(target.kind, { namespace, name: target.name });
  const revisions = inControllerRevisions(ownedBy(owner, (await client.list<ControllerRevision>(CONTROLLER_REVISIONS, { namespace })).items));
  // Of an elder one that is wanted again, the number rises.
  return { revisions, present: revisions.at(-1)?.number ?? 0, isPaused: false };
}

function ownedBy<T extends KubeObject>(owner: KubeObject, items: T[]): T[] {
  return items.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === owner.metadata.uid));
}

/** A Deployment's revisions are its replica sets, each with its number in an annotation. */
function inReplicaSets(sets: ReplicaSet[]): Revision[] {
  return inOrder(sets.map(({ metadata, spec }) => ({ number: Number(metadata.annotations?.[REVISION] ?? 0), cause: causeOf(metadata), template: spec?.template ?? {} })));
}

export function inControllerRevisions(revisions: ControllerRevision[]): Revision[] {
  return inOrder(revisions.map((revision) => ({ number: Number(revision.revision), cause: causeOf(revision.metadata), template: templateOf(revision) })));
}

function inOrder(revisions: Revision[]): Revision[] {
  return revisions.filter(({ number }) => number > 0).sort((a, b) => a.number - b.number);
}

function causeOf({ annotations }: KubeObject['metadata']): string {
  return annotations?.[CAUSE] ?? '<none>';
}

function known(revisions: Revision[]): string {
  return revisions.length === 0 ? 'there is no revision yet' : `there are: ${revisions.map(({ number }) => number).join(', ')}`;
}
