import type { Command } from 'commander';
import { z } from 'zod';
import type { Scale } from '#api/schema/kinds.generated';
import { Failure } from '#client/failure';
import { shortKind } from '../../cluster/kinds.ts';
import { type Session, withSession } from '../../cluster/session.ts';
import { type Target, parseTargets } from '../../cluster/targets.ts';
import { Timeout } from '../../cluster/timeout.ts';
import { parseOptions } from '../../options.ts';
import { reportedWait } from '../../render/reported-wait.ts';
import { untilReady } from '../../waiting/until-ready.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';

const count = z.coerce.number('must be a number').int('must be a whole number').min(0, 'must not be negative');
const ScaleOptions = z.strictObject({ ...CLUSTER_OPTIONS, replicas: count, currentReplicas: count.optional(), wait: z.boolean().default(false), timeout: Timeout.default(300_000) });

export function scaleCommand(): Command {
  return clusterCommand('scale')
    .argument('<words...>', 'KIND/NAME... or KIND NAME...')
    .requiredOption('--replicas <n>', 'how many pods it shall have')
    .option('--current-replicas <n>', 'only if it has this many now')
    .option('--wait', 'until all of them are available')
    .option('--timeout <duration>', 'how long to wait (default: 5m)')
    .action(async (words: string[], given: unknown) => {
      const options = parseOptions(ScaleOptions, given);
      await withSession(options, async (session) => {
        for (const { kind, name } of await parseTargets(words, session.kinds)) {
          if (name === undefined) throw new Failure('name what is to be scaled', { fix: 'Such as deployment/NAME.' });
          await scale(session, { kind, name }, options);
        }
      });
    });
}

async function scale({ client, namespace }: Session, target: Required<Target>, { replicas, currentReplicas, wait, timeout }: z.infer<typeof ScaleOptions>): Promise<void> {
  const at = { namespace, name: target.name };
  if (currentReplicas !== undefined) {
    const now = (await client.get<Scale>(target.kind, at, { subresource: 'scale' })).spec?.replicas ?? 0;
    if (now !== currentReplicas) throw new Failure(`Expected replicas to be ${currentReplicas}, was ${now}`);
  }
  await client.patch(target.kind, at, { type: 'application/merge-patch+json', body: { spec: { replicas } } }, { subresource: 'scale' });
  process.stdout.write(`${shortKind(target.kind)}/${target.name} scaled\n`);
  if (wait) await reportedWait(`Scaling ${target.name} to ${replicas}`, (say) => untilReady({ client, target, namespace, timeoutMs: timeout, say }));
}
