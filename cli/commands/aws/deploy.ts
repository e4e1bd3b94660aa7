import { Command } from 'commander';
import { OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { DeployOptions, PLACE_FLAGS } from './options.ts';

export function deployCommand(): Command {
  const command = new Command('deploy').description('Make an installation in your AWS account, or bring it up to date, with the AWS credentials that you have.\nIt says what it will do and asks; nothing is made before that. Docker is not needed.');
  for (const [flags, description] of PLACE_FLAGS) command.option(flags, description);
  return command
    .option('--cluster <name>', 'cluster that your kubeconfig points to afterwards; made where there is none (default: default)')
    .option('--kubeconfig <file>', 'kubeconfig to write to (default: KUBECONFIG, ~/.kube/config)')
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
