import { Argument, Command } from 'commander';
import { SCRIPTS, type Shell } from './scripts.ts';

export function completionCommand(): Command {
  return new Command('completion')
    .description('The script that completes words of this command in a shell.\n\nbash: source <(zeroplane completion bash)\nzsh:  source <(zeroplane completion zsh)\nfish: zeroplane completion fish | source')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(Object.keys(SCRIPTS)))
    .action((shell: Shell) => {
      process.stdout.write(SCRIPTS[shell]);
    });
}
