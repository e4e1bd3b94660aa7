import { Command } from 'commander';
import { z } from 'zod';
import type { KubeObject } from '#api/object';
import type { Deployment } from '#api/schema/kinds.generated';
import { Failure } from '#client/failure';
import { shortKind } from '../../cluster/kinds.ts';
import { type Session, withSession } from '../../cluster/session.ts';
import { type Target, parseTargets } from '../../cluster/targets.ts';
import { FOR_EVER_MS, Timeout } from '../../cluster/timeout.ts';
import { parseOptions } from '../../options.ts';
import { reportedWait } from '../../render/reported-wait.ts';
import { readinessOf } from '../../waiting/readiness.ts';
import { untilReady } from '../../waiting/until-ready.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';
import { printHistory, undo } from './revisions.ts';

const Common = z.strictObject(CLUSTER_OPTIONS);
const StatusOptions = Common.extend({ timeout: Timeout.default(0), watch: z.boolean().default(true) });
const revision = z.coerce.number('must be a number').int().min(0);
const HistoryOptions = Common.extend({ revision: revision.optional() });
const UndoOptions = Common.extend({ toRevision: revision.default(0) });

const WORDS = 'KIND/NAME or KIND NAME, such as deployment/web';
const MERGE = 'application/strategic-merge-patch+json';

export function rolloutCommand(): Command {
  return new Command('rollout')
    .addCommand(on('status', 'follow a rollout to its end', StatusOptions, status).option('--timeout <duration>', 'how long to wait (default: for ever)').option('--no-watch', 'say how far it is, and return'))
    .addCommand(on('history', 'the revisions that there are', HistoryOptions, (session, target, options) => printHistory(session, target, options.revision)).option('--revision <n>', 'show this one'))
    .addCommand(on('undo', 'go back to the revision before, or to a given one', UndoOptions, (session, target, { toRevision }) => undo(session, target, toRevision)).option('--to-revision <n>', 'which one (default: the one before)'))
    .addCommand(on('restart', 'replace all pods, one after the other', Common, restart))
    .addCommand(on('pause', 'hold: changes of the template wait', Common, (session, target) => setPaused(session, target, true)))
    .addCommand(on('resume', 'go on', Common, (session, target) => setPaused(session, target, false)));
}

function on<T extends typeof Common>(verb: string, summary: string, schema: T, act: (session: Session, target: Required<Target>, options: z.infer<T>) => Promise<void>): Command {
  return clusterCommand(verb)
    .description(summary)
    .argument('<words...>', WORDS)
    .action(async (words: string[], given: unknown) => {
      const options = parseOptions(schema, given);
      await withSession({ ...(options as z.infer<typeof Common>) }, async (session) => {
        for (const { kind, name } of await parseTargets(words, session.kinds)) {
          if (name === undefined) throw new Failure('name the object', { fix: `${WORDS}.` });
          await act(session, { kind, name }, options);
        }
      });
    });
}

async function status({ client, namespace }: Session, target: Required<Target>, { timeout, watch }: z.infer<typeof StatusOptions>): Promise<void> {
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(target.kind.kind)) throw new Failure(`${shortKind(target.kind)} has no rollout`, { fix: 'Deployments, StatefulSets and DaemonSets have.' });
  if (!watch) {
    const object = await client.get<KubeObject>(target.kind, { namespace, name: target.name });
    process.stdout.write(`${readinessOf({ kind: target.kind.kind, ...object }).message}\n`);
    return;
  }
  await reportedWait(`Rolling out ${target.name}`, (say) => untilReady({ client, target, namespace, timeoutMs: timeout === 0 ? FOR_EVER_MS : timeout, say }));
}

async function restart({ client, namespace }: Session, target: Required<Target>): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  await client.patch(target.kind, { namespace, name: target.name }, { type: MERGE, body: { spec: { template: { metadata: { annotations } } } } });
  process.stdout.write(`${shortKind(target.kind)}/${target.name} restarted\n`);
}

async function setPaused({ client, namespace }: Session, target: Required<Target>, paused: boolean): Promise<void> {
  const at = { namespace, name: target.name };
  const { spec } = await client.get<Deployment>(target.kind, at);
  if ((spec?.paused ?? false) === paused) throw new Failure(`${target.kind.resource}.${target.kind.group} "${target.name}" is ${paused ? 'already' : 'not'} paused`);
  await client.patch(target.kind, at, { type: MERGE, body: { spec: { paused } } });
  process.stdout.write(`${shortKind(target.kind)}/${target.name} ${paused ? 'paused' : 'resumed'}\n`);
}
