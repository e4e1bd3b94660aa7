import { Command } from 'commander';
import { z } from 'zod';
import { DataDir, parseOptions } from '../../options.ts';
import { program } from './program.ts';

/** The two long-lived programs that `up` starts. They are not for people, so they are hidden from --help. */
export function serverCommand(): Command {
  return new Command('server').requiredOption('--data-dir <dir>').action(async (given: unknown) => {
    const { dataDir } = parseOptions(z.strictObject({ dataDir: DataDir }), given);
    const { runServer } = await import('#local/server');
    await runServer({ dataDir, program: program() });
  });
}

/** The agent reads its own arguments: it is a program of its own, also outside of this bundle. */
export function agentCommand(): Command {
  return new Command('agent')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => {
      const { main } = await import('#node-agent/main');
      await main(command.args);
    });
}
