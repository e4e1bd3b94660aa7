import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import type { KubeObject } from '#api/object';
import type { ApiClient } from '#client/api-client';
import { isNotFound } from '#client/api-error';
import { Failure } from '#client/failure';
import { findObject } from '../../cluster/find-object.ts';
import { shortKind } from '../../cluster/kinds.ts';
import { type Session, withSession } from '../../cluster/session.ts';
import { type Target, parseTargets } from '../../cluster/targets.ts';
import { FOR_EVER_MS, Timeout } from '../../cluster/timeout.ts';
import { manifestObjects } from '../../manifests/read.ts';
import { parseOptions } from '../../options.ts';
import { throwAll } from '../../render/failure.ts';
import { createProgress } from '../../render/progress.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';
import { scopeOf, selection } from './get-options.ts';

const DeleteOptions = z.strictObject({
  ...CLUSTER_OPTIONS,
  filename: z.array(z.string()).optional(),
  selector: z.string().optional(),
  all: z.boolean().default(false),
  wait: z.boolean().default(true),
  timeout: Timeout.optional(),
  gracePeriod: z.coerce.number('must be a number of seconds').int().min(-1).optional(),
  now: z.boolean().default(false),
  force: z.boolean().default(false),
  cascade: z.enum(['background', 'foreground', 'orphan'], 'must be background, foreground or orphan').default('background'),
  ignoreNotFound: z.boolean().default(false),
});
type DeleteOptions = z.infer<typeof DeleteOptions>;

const POLL_MS = 100;

export function deleteCommand(): Command {
  return clusterCommand('delete')
    .argument('[words...]', 'KIND NAME... or KIND/NAME...')
    .option('-f, --filename <file...>', 'what these manifests describe: files, folders, URLs or - for the input')
    .option('-l, --selector <labels>', 'those with these labels')
    .option('--all', 'all of the kind')
    .option('--no-wait', 'return at once, and do not wait until they are gone')
    .option('--timeout <duration>', 'how long to wait, such as 30s (default: for ever)')
    .option('--grace-period <seconds>', 'how long containers may take to end')
    .option('--now', 'the same as --grace-period=1')
    .option('--force', 'with --grace-period=0: do not wait for the node')
    .option('--cascade <how>', 'what happens to dependants: background, foreground or orphan')
    .option('--ignore-not-found', 'no error for what is not there')
    .action(async (words: string[], given: unknown) => {
      const options = parseOptions(DeleteOptions, given);
      await withSession(options, (session) => remove(session, words, options));
    });
}

/** An object that is to go, where it is. */
interface Doomed {
  target: Required<Target>;
  scope: { namespace?: string };
}

async function remove(session: Session, words: string[], options: DeleteOptions): Promise<void> {
  const doomed = options.filename === undefined ? await doomedByName(session, words, options) : await doomedByManifest(session, options.filename);
  if (doomed.length === 0) process.stdout.write('No resources found\n');
  const failures: unknown[] = [];
  const going: Going[] = [];
  for (const each of doomed) {
    try {
      going.push({ ...each, uid: await removeOne(session, each, options) });
    } catch (error) {
      if (!options.ignoreNotFound || !isNotFound(error)) failures.push(error);
    }
  }
  if (options.wait) await gone(session, going, options.timeout ?? FOR_EVER_MS);
  throwAll(failures);
}

async function doomedByName({ client, kinds, namespace }: Session, words: string[], { all, selector }: DeleteOptions): Promise<Doomed[]> {
  const targets = await parseTargets(words, kinds);
  if (!all && selector === undefined && targets.some(({ name }) => name === undefined)) throw new Failure('resource(s) were provided, but no name was specified', { fix: 'Give a NAME, a selector (-l), or --all.' });
  const found = targets.map(async ({ kind, name }): Promise<Doomed[]> => {
    const scope = scopeOf(kind, namespace);
    if (name !== undefined) return [{ target: { kind, name }, scope }];
    const { items } = await client.list<KubeObject>(kind, { ...scope, ...selection({ selector }) });
    return items.map(({ metadata }) => ({ target: { kind, name: metadata.name ?? '' }, scope }));
  });
  return (await Promise.all(found)).flat();
}

async function doomedByManifest({ kinds, namespace }: Session, files: string[]): Promise<Doomed[]> {
  const objects = await manifestObjects(files);
  return Promise.all(objects.map(async ({ apiVersion = '', kind = '', metadata }) => {
    const found = await kinds.ofManifest(apiVersion, kind);
    return { target: { kind: found, name: metadata.name ?? '' }, scope: scopeOf(found, metadata.namespace ?? namespace) };
  }));
}

async function removeOne({ client }: Session, { target, scope }: Doomed, { now, force, gracePeriod, cascade }: DeleteOptions): Promise<string | undefined> {
  const seconds = now ? 1 : (gracePeriod ?? (force ? 0 : -1));
  const answer = await client.delete(target.kind, { ...scope, name: target.name }, { propagationPolicy: PROPAGATION[cascade], ...(seconds < 0 ? {} : { gracePeriodSeconds: seconds }) });
  process.stdout.write(`${shortKind(target.kind)} "${target.name}" ${force ? 'force ' : ''}deleted${scope.namespace === undefined ? '' : ` from ${scope.namespace} namespace`}\n`);
  // A Status names the object in its details, an object that is still going has its own.
  return answer.kind === 'Status' ? (answer['details'] as { uid?: string } | undefined)?.uid : answer.metadata.uid;
}

const PROPAGATION = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' };

/** What was asked to go, and which object of that name it was. */
interface Going extends Doomed {
  uid: string | undefined;
}

async function gone({ client }: Session, going: Going[], timeoutMs: number): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  let left = await stillThere(client, going);
  if (left.length === 0) return;
  await createProgress(process.stderr, { transient: true }).step('Waiting until they are gone', async (say) => {
    for (; left.length > 0; left = await stillThere(client, left)) {
      const names = left.map(({ target: { kind, name } }) => `${kind.singular}/${name}`);
      say(`${names[0] ?? ''}${names.length > 1 ? ` and ${names.length - 1} more` : ''}`);
      if (Date.now() > deadlineMs) throw new Failure('timed out waiting for the condition', { why: `still there: ${names.join(', ')}`, fix: 'A finalizer, or a container that does not end, keeps them: `zeroplane describe` shows both.' });
      await sleep(POLL_MS);
    }
  });
}

async function stillThere(client: ApiClient, going: Going[]): Promise<Going[]> {
  const found = await Promise.all(going.map(({ target, scope }) => findObject(client, target.kind, { ...scope, name: target.name })));
  return going.filter(({ uid }, i) => found[i] !== undefined && (uid === undefined || found[i].metadata.uid === uid));
}
