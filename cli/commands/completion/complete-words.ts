import { Command, type Option } from 'commander';
import { RESOURCES } from '#api/resources';
import type { KubeObject } from '#api/object';
import { CLUSTER_FLAGS } from '../../cluster/flags.ts';
import { withSession } from '../../cluster/session.ts';
import type { Verb } from '../../verb.ts';

/** What may come next, for the scripts of the shells. Whatever goes wrong is no candidate. */
export function completeWordsCommand(verbs: readonly Verb[]): Command {
  return new Command('complete-words').argument('[words...]').action(async (words: string[]) => {
    const found = await candidates(verbs, words).catch(() => []);
    process.stdout.write(found.map(([word, meaning]) => `${word}\t${meaning}\n`).join(''));
  });
}

export type Candidate = readonly [word: string, meaning: string];

const PATIENCE_MS = 1500;
/** What the words behind these verbs name; the others take a kind first. */
const USUAL_KIND: Record<string, string> = { logs: 'pods', exec: 'pods', attach: 'pods', 'port-forward': 'pods', service: 'services' };
const TAKES_KINDS = ['get', 'describe', 'delete', 'scale', 'expose', 'rollout'];

/** The last word is the one that is being typed, and may be empty. */
export async function candidates(verbs: readonly Verb[], words: readonly string[]): Promise<Candidate[]> {
  const typed = words.at(-1) ?? '';
  const starting = (found: Candidate[]) => found.filter(([word]) => word.startsWith(typed));
  const verb = verbs.find(({ name }) => name === words[0]);
  if (words.length <= 1) return starting(verbs.filter(({ hidden }) => hidden !== true).map(({ name, summary }) => [name, summary]));
  if (verb === undefined) return [];
  const whole = (await verb.load())();
  if (whole.commands.length > 0 && words.length === 2) return starting(whole.commands.map((command) => [command.name(), command.description()]));
  const command = whole.commands.find((sub) => sub.name() === words[1]) ?? whole;
  if (typed.startsWith('-')) return starting(command.options.map((option) => [option.long ?? '', option.description]));
  const before = optionNamed(command, words.at(-2));
  if (before?.required === true) return starting(await valuesOf(before, words));
  const given = positionals(command, words.slice(command === whole ? 1 : 2, -1));
  return starting(await objects(verb.name, { given, typed, words }));
}

// `wide, json, yaml or name` in a description are the values.
async function valuesOf(option: Option, words: readonly string[]): Promise<Candidate[]> {
  if (option.long === '--namespace') return (await namesOf('namespaces', words)).map((name) => [name, 'namespace']);
  const listed = /^((?:[\w-]+, )+[\w-]+ or [\w-]+|[\w-]+ or [\w-]+)(?: \(|$)/.exec(option.description)?.[1];
  return (listed?.split(/, | or /) ?? []).map((value) => [value, option.long?.slice(2) ?? '']);
}

async function objects(verb: string, { given, typed, words }: { given: string[]; typed: string; words: readonly string[] }): Promise<Candidate[]> {
  const slash = typed.indexOf('/');
  if (slash > 0) {
    const kind = typed.slice(0, slash);
    return (await namesOf(kind, words)).map((name) => [`${kind}/${name}`, kind]);
  }
  const usual = USUAL_KIND[verb];
  if (usual !== undefined && given.length === 0) return (await namesOf(usual, words)).map((name) => [name, usual]);
  if (!TAKES_KINDS.includes(verb)) return [];
  const [kind] = given;
  if (kind === undefined) return RESOURCES.filter(({ verbs }) => verbs.includes('list')).map(({ resource, kind: meaning }) => [resource, meaning]);
  return kind.includes('/') ? [] : (await namesOf(kind, words)).map((name) => [name, kind]);
}

function positionals(command: Command, words: readonly string[]): string[] {
  return words.filter((word, i) => !word.startsWith('-') && optionNamed(command, words[i - 1])?.required !== true);
}

function optionNamed(command: Command, word: string | undefined): Option | undefined {
  return command.options.find(({ short, long }) => word !== undefined && (word === short || word === long));
}

/** In the cluster that the flags on the line choose. */
async function namesOf(kindName: string, words: readonly string[]): Promise<string[]> {
  const flag = (...names: string[]) => words.find((_, i) => names.includes(words[i - 1] ?? ''));
  const [short = '', long = ''] = CLUSTER_FLAGS;
  const choice = { namespace: flag(short, long), context: flag('--context'), kubeconfig: flag('--kubeconfig'), dataDir: flag('--data-dir') };
  const patience = new Promise<string[]>((resolve) => setTimeout(() => resolve([]), PATIENCE_MS).unref());
  const names = withSession(choice, async ({ client, kinds, namespace }) => {
    const kind = await kinds.named(kindName);
    const { items } = await client.list<KubeObject>(kind, kind.namespaced ? { namespace } : {});
    return items.map(({ metadata }) => metadata.name ?? '');
  });
  return Promise.race([names, patience]);
}
