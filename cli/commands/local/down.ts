import { Command } from 'commander';
import { z } from 'zod';
import { DataDir, parseOptions } from '../../options.ts';
import { createProgress } from '../../render/progress.ts';

const DownOptions = z.strictObject({ dataDir: DataDir, purge: z.boolean().default(false) });

export function downCommand(): Command {
  return new Command('down')
    .description('stop the cluster of this machine and remove every container, network and rule that it made')
    .option('--data-dir <dir>', 'folder that holds the cluster (default: ~/.zeroplane)')
    .option('--purge', 'remove the folder too: objects, certificates, tokens and volumes are gone')
    .action(async (given: unknown) => {
      const { dataDir, purge } = parseOptions(DownOptions, given);
      const { tearDown } = await import('#local/tear-down');
      const progress = createProgress(process.stdout);
      await progress.step('Stopping the cluster', (say) => tearDown({ dataDir, purge, say }));
      progress.say(purge ? `Removed ${dataDir}.` : `The cluster's data stays in ${dataDir}: \`zeroplane up\` brings it back.`);
    });
}
