import type { Deployment, PodTemplateSpec, ReplicaSet } from '#api/schema/kinds.generated';
import { REPLICA_SETS } from '#client/core-resources';
import { Failure } from '#client/failure';
import { shortKind } from '../../cluster/kinds.ts';
import type { Session } from '../../cluster/session.ts';
import type { Target } from '../../cluster/targets.ts';
import { alignedLines } from '../../render/columns.ts';
import { describeTemplate } from '../../render/describe/pod-template.ts';

/** A Deployment's revisions are its replica sets, each with its number in an annotation. */
interface Revision {
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
  const { deployment, revisions } = await revisionsOf(session, target);
  if (deployment.spec?.paused === true) throw new Failure(`you cannot rollback a paused deployment`, { fix: `Resume it first: \`zeroplane rollout resume ${target.kind.singular}/${target.name}\`` });
  const present = Number(deployment.metadata.annotations?.[REVISION] ?? 0);
  const chosen = wanted === 0 ? revisions.filter(({ number }) => number !== present).at(-1) : revisions.find(({ number }) => number === wanted);
  if (!chosen) throw new Failure(wanted === 0 ? `no rollout history found for deployment "${target.name}"` : `unable to find specified revision ${wanted} in history`, { why: known(revisions) });
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

async function revisionsOf({ client, namespace }: Session, target: Required<Target>): Promise<{ deployment: Deployment; revisions: Revision[] }> {
  if (target.kind.kind !== 'Deployment') throw new Failure(`the history of a ${target.kind.kind} cannot be shown`, { fix: 'Deployments have one.' });
  const deployment = await client.get<Deployment>(target.kind, { namespace, name: target.name });
  const { items } = await client.list<ReplicaSet>(REPLICA_SETS, { namespace });
  const owned = items.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === deployment.metadata.uid));
  const revisions = owned.flatMap(({ metadata, spec }): Revision[] => {
    const number = Number(metadata.annotations?.[REVISION] ?? 0);
    return number === 0 || spec?.template === undefined ? [] : [{ number, cause: metadata.annotations?.[CAUSE] ?? '<none>', template: spec.template }];
  });
  return { deployment, revisions: revisions.sort((a, b) => a.number - b.number) };
}

function known(revisions: Revision[]): string {
  return revisions.length === 0 ? 'there is no revision yet' : `there are: ${revisions.map(({ number }) => number).join(', ')}`;
}
