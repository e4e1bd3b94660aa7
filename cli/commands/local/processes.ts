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

export function agentCommand(): Command {
  return new Command('agent').requiredOption('--config <file>').action(async (given: unknown) => {
    const { config } = parseOptions(z.strictObject({ config: z.string().min(1) }), given);
    const { runAgent } = await import('#node-agent/main');
    await runAgent(config);
  });
}
