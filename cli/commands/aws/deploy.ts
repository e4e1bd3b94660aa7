import type { Command } from 'commander';
import { KUBECONFIG_OPTION, OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { DeployOptions, placeCommand } from './options.ts';

export function deployCommand(): Command {
  return placeCommand('deploy')
    .description('Make an installation in your AWS account, or bring it up to date, with the AWS credentials that you have.\nIt says what it will do and asks; nothing is made before that. Docker is not needed.')
    .option('--cluster <name>', 'cluster that your kubeconfig points to afterwards; made where there is none (default: default)')
    .option(...KUBECONFIG_OPTION)
    .option('--new-admin-token', "make a new administrator's token; the old one ends")
    .option('--app <dir>', 'the app as `npm run synth` has written it (default: synthesised now)')
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'do not ask')
    .option(...OUTPUT_OPTION)
    .action(async (given: unknown) => {
      const options = parseOptions(DeployOptions, given);
      const { deploy } = await import('./run-deploy.ts'); // and with it AWS' clients
      await deploy(options);
    });
}
