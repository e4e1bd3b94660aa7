import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { Failure } from '#client/failure';
import { parseOptions } from '../../options.ts';
import { createProgress } from '../../render/progress.ts';
import { forgetCredential, readCredential } from './node-credential.ts';
import { NODE_DATA_DIR, NodeDataDir } from './join.ts';

/** Undoes `node join` on this machine; what the cluster knows of the node is the cluster's (`node remove`, `delete node`). */
export function leaveCommand(): Command {
  return new Command('leave')
    .description('remove from this machine what a worker has made on it; end its agent first')
    .option('--data-dir <dir>', `its folder (default: ${NODE_DATA_DIR}); volumes in it stay`)
    .action(async (given: unknown) => {
      const { dataDir } = parseOptions(z.strictObject({ dataDir: NodeDataDir }), given);
      const credential = readCredential(dataDir);
      if (credential === undefined) throw new Failure(`${dataDir} is of no worker`, { fix: '--data-dir names the folder that it joined with.' });
      const { removeAll, settingsFile } = await import('#node-agent/remove-all');
      const { cluster, node } = credential;
      const progress = createProgress(process.stdout);
      // Only an agent with Docker has written its settings.
      if (existsSync(settingsFile(dataDir))) await progress.step('Removing its containers', () => removeAll({ clusterUid: cluster.uid, nodes: [{ name: node, dataDir }] }));
      forgetCredential(dataDir);
      progress.say(`This machine is no worker of ${cluster.name} any more. \`zeroplane node remove ${node} --cluster ${cluster.name}\` frees its name.`);
    });
}
