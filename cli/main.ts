import { Command, CommanderError } from 'commander';
import { CLUSTER_FLAGS } from './cluster/flags.ts';
import { printFailure } from './render/failure.ts';
import type { Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

/** The `zeroplane` program: exit code 0 done, 1 failed, or what a command of its own says (`exec`: that of the process). */
async function main(argv: readonly string[]): Promise<number> {
  const words = verbFirst(argv);
  try {
    await (await programFor(words)).parseAsync(words, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    printFailure(error);
    return 1;
  }
}

/** Every command by name and summary; the one that is asked for, as a whole. */
async function programFor(words: readonly string[]): Promise<Command> {
  const program = new Command('zeroplane').description('Kubernetes whose control plane has no servers').exitOverride().showSuggestionAfterError();
  const wanted = words[0] === 'help' ? words[1] : words[0];
  for (const verb of VERBS) program.addCommand(verb.name === wanted ? await loaded(verb) : new Command(verb.name).summary(verb.summary).helpGroup(verb.group), { hidden: verb.hidden === true });
  return program;
}

async function loaded(verb: Verb): Promise<Command> {
  const command = (await verb.load())().summary(verb.summary).helpGroup(verb.group);
  if (command.description() === '') command.description(capitalised(verb.summary));
  for (const each of [command, ...command.commands]) each.exitOverride().showSuggestionAfterError().showHelpAfterError(`(zeroplane help ${verb.name})`);
  return command;
}

function capitalised(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** `-n kube-system get pods` is `get -n kube-system pods`: the flags of a cluster may stand before the verb. */
function verbFirst(argv: readonly string[]): string[] {
  let verb = 0;
  while (CLUSTER_FLAGS.includes((argv[verb] ?? '').split('=')[0] ?? '')) verb += argv[verb]?.includes('=') === true ? 1 : 2;
  return verb === 0 || verb >= argv.length ? [...argv] : [argv[verb] ?? '', ...argv.slice(0, verb), ...argv.slice(verb + 1)];
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

// Not by exitCode alone: a connection that is kept alive would keep a finished command.
process.exit(await main(process.argv.slice(2)));
