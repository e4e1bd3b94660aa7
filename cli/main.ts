import { Command, CommanderError } from 'commander';
import { Failure } from '#client/failure';
import { downCommand } from './commands/local/down.ts';
import { statusCommand } from './commands/local/status.ts';
import { upCommand } from './commands/local/up.ts';
import { agentCommand, serverCommand } from './commands/local/processes.ts';

/** The `zeroplane` program. The only place that prints errors and picks exit codes: 0 done, 1 failed, 2 wrong usage. */
async function main(argv: string[]): Promise<number> {
  const program = new Command('zeroplane')
    .description('Kubernetes whose control plane has no servers')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addCommand(upCommand())
    .addCommand(downCommand())
    .addCommand(statusCommand())
    .addCommand(serverCommand(), { hidden: true })
    .addCommand(agentCommand(), { hidden: true });
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printFailure(error);
    return 1;
  }
}

function printFailure(error: unknown): void {
  const color = process.stderr.isTTY && !process.env['NO_COLOR'];
  const label = color ? '\u001b[31merror:\u001b[0m' : 'error:';
  if (error instanceof Failure) {
    process.stderr.write(`${label} ${error.message}\n`);
    if (error.why) process.stderr.write(`${indent(error.why)}\n`);
    if (error.fix) process.stderr.write(`\n${error.fix}\n`);
  } else {
    process.stderr.write(`${label} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}

// Not by exitCode: a connection that is kept alive would keep a finished command.
process.exit(await main(process.argv));
