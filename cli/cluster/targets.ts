import { Failure } from '#client/failure';
import type { Kind, Kinds } from './kinds.ts';

/** What a command is about: all objects of a kind, or one of them. */
export interface Target {
  kind: Kind;
  name?: string;
}

/** `pods`, `pods,services`, `pod a b`, `pod/a service/b`, `all`. */
export async function parseTargets(words: readonly string[], kinds: Kinds): Promise<Target[]> {
  const [first] = words;
  if (first === undefined) throw new Failure('name what you mean', { fix: 'Such as `pods`, `pod NAME` or `deployment/NAME`.' });
  if (words.some((word) => word.includes('/'))) return Promise.all(words.map((word) => parseReference(word, kinds)));
  const found = (await Promise.all(first.split(',').filter(Boolean).map((name) => kindsNamed(name, kinds)))).flat();
  const names = words.slice(1);
  return found.flatMap((kind) => (names.length === 0 ? [{ kind }] : names.map((name) => ({ kind, name }))));
}

/** One object: `pod/a`, or `a` of the kind that the command is about. */
export async function parseReference(word: string, kinds: Kinds, usualKind?: string): Promise<Required<Target>> {
  const [kindName, name, ...rest] = word.split('/');
  if (name === undefined && usualKind !== undefined) return { kind: await kinds.named(usualKind), name: word };
  if (!kindName || !name || rest.length > 0) throw new Failure(`"${word}" is no KIND/NAME`, { fix: 'Either all words are of the form KIND/NAME, or the first is a KIND and the others are NAMEs.' });
  return { kind: await kinds.named(kindName), name };
}

async function kindsNamed(name: string, kinds: Kinds): Promise<Kind[]> {
  const category = await kinds.inCategory(name);
  return category.length > 0 ? category : [await kinds.named(name)];
}
