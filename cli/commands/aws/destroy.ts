import type { Command } from 'commander';
import { parseOptions } from '../../options.ts';
import { DestroyOptions, placeCommand } from './options.ts';

export function destroyCommand(): Command {
  return placeCommand('destroy')
    .description('Remove an installation from your AWS account. Its data stays, unless you say otherwise.')
    .option('--kubeconfig <file>', 'kubeconfig to take its contexts from (default: KUBECONFIG, ~/.kube/config)')
    .option('--delete-data', 'remove its data, too: all objects of all clusters, and their keys')
    .option('--force', 'also while nodes work for it, or when nobody can say whether any do')
    .option('--yes', 'do not ask')
    .action(async (given: unknown) => {
      const options = parseOptions(DestroyOptions, given);
      const { destroy } = await import('./run-destroy.ts'); // and with it AWS' clients
      await destroy(options);
    });
}
