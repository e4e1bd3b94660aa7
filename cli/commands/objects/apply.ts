import type { Command } from 'commander';
import { z } from 'zod';
import type { KubeObject } from '#api/object';
import { pathOf } from '#client/api-client';
import { readText } from '#client/transport';
import { encodeJson, parseJson } from '#api/codec/json';
import { findObject } from '../../cluster/find-object.ts';
import { type Kind, shortKind } from '../../cluster/kinds.ts';
import { type Session, withSession } from '../../cluster/session.ts';
import { Timeout } from '../../cluster/timeout.ts';
import { manifestObjects } from '../../manifests/read.ts';
import { Output, OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { listOf, renderDocument } from '../../render/documents.ts';
import { throwAll } from '../../render/failure.ts';
import { type Color, painter } from '../../render/paint.ts';
import { reportedWait } from '../../render/reported-wait.ts';
import { untilReady } from '../../waiting/until-ready.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';

const ApplyOptions = z.strictObject({
  ...CLUSTER_OPTIONS,
  filename: z.array(z.string()),
  wait: z.boolean().default(false),
  timeout: Timeout.default(300_000),
  forceConflicts: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  output: Output,
});
type ApplyOptions = z.infer<typeof ApplyOptions>;

/** Whose fields they are, in every object that this command writes. */
const FIELD_MANAGER = 'zeroplane';

export function applyCommand(): Command {
  return clusterCommand('apply')
    .description('Make the cluster have what manifests describe: what is not there is created, what differs is changed, by server-side apply.')
    .requiredOption('-f, --filename <file...>', 'files, folders, URLs or - for the input')
    .option('--wait', 'until all of it is ready, saying what is in the way')
    .option('--timeout <duration>', 'how long to wait for each (default: 5m)')
    .option('--force-conflicts', 'take over fields that another program set')
    .option('--dry-run', 'only ask the server what would happen')
    .option(...OUTPUT_OPTION)
    .action(async (given: unknown) => {
      const options = parseOptions(ApplyOptions, given);
      await withSession(options, (session) => apply(session, options));
    });
}

interface Applied {
  kind: Kind;
  object: KubeObject;
  outcome: 'created' | 'configured' | 'unchanged';
}

const COLORS: Record<Applied['outcome'], Color> = { created: 'green', configured: 'yellow', unchanged: 'dim' };

async function apply(session: Session, options: ApplyOptions): Promise<void> {
  const objects = await manifestObjects(options.filename);
  const applied: Applied[] = [];
  const failures: unknown[] = [];
  for (const object of objects) {
    try {
      const one = await applyOne(session, object, options);
      applied.push(one);
      if (options.output === 'text') process.stdout.write(lineFor(one, options));
    } catch (error) {
      failures.push(error);
    }
  }
  const [only] = applied;
  if (options.output !== 'text' && only !== undefined) process.stdout.write(renderDocument(options.output, applied.length === 1 ? only.object : listOf(applied.map(({ object }) => object))));
  throwAll(failures);
  if (options.wait && !options.dryRun) for (const one of applied) await waitFor(session, one, options);
}

async function applyOne({ client, kinds, namespace }: Session, object: KubeObject, { forceConflicts, dryRun }: ApplyOptions): Promise<Applied> {
  const kind = await kinds.ofManifest(object.apiVersion ?? '', object.kind ?? '');
  const at = { name: object.metadata.name ?? '', ...(kind.namespaced ? { namespace: object.metadata.namespace ?? namespace } : {}) };
  const before = await findObject(client, kind, at);
  const query = new URLSearchParams({ fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', ...(forceConflicts ? { force: 'true' } : {}), ...(dryRun ? { dryRun: 'All' } : {}) });
  const response = await client.raw({ method: 'PATCH', path: `${pathOf(kind, at)}?${query.toString()}`, headers: { accept: 'application/json', 'content-type': 'application/apply-patch+yaml' }, body: encodeJson(object) });
  const after = parseJson(await readText(response)) as KubeObject;
  const same = before?.metadata.resourceVersion === after.metadata.resourceVersion;
  return { kind, object: after, outcome: before === undefined ? 'created' : same ? 'unchanged' : 'configured' };
}

function lineFor({ kind, object, outcome }: Applied, { dryRun }: ApplyOptions): string {
  return `${shortKind(kind)}/${object.metadata.name ?? ''} ${painter(process.stdout)(COLORS[outcome], outcome)}${dryRun ? ' (server dry run)' : ''}\n`;
}

async function waitFor({ client }: Session, { kind, object }: Applied, { timeout }: ApplyOptions): Promise<void> {
  const { name = '', namespace } = object.metadata;
  const wait = { client, target: { kind, name }, timeoutMs: timeout, ...(namespace === undefined ? {} : { namespace }) };
  await reportedWait(`Waiting for ${kind.singular} ${name}`, (say) => untilReady({ ...wait, say }));
}
