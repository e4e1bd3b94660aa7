import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { withSession } from '../cluster/session.ts';
import { Output, OUTPUT_OPTION, parseOptions } from '../options.ts';
import { renderDocument } from '../render/documents.ts';
import { CLUSTER_OPTIONS, clusterCommand } from './cluster-command.ts';

const VersionOptions = z.strictObject({ ...CLUSTER_OPTIONS, client: z.boolean().default(false), output: Output });

export function versionCommand(): Command {
  return clusterCommand('version')
    .option('--client', 'only of this program, without asking the cluster')
    .option(...OUTPUT_OPTION)
    .action(async (given: unknown) => {
      const options = parseOptions(VersionOptions, given);
      const server = options.client ? undefined : await withSession(options, ({ client }) => client.json<{ gitVersion: string }>('GET', '/version'));
      const versions = { client: ownVersion(), ...(server === undefined ? {} : { server: server.gitVersion }) };
      if (options.output !== 'text') process.stdout.write(renderDocument(options.output, versions));
      else process.stdout.write(`zeroplane: v${versions.client}\n${server === undefined ? '' : `Cluster: ${server.gitVersion}\n`}`);
    });
}

// The manifest is above the bundle and above the sources, not at the same distance.
function ownVersion(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
