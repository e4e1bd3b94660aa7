import { expect, test } from 'vitest';
import { parseDocuments } from '#cli/manifests/parse';

const names = (text: string) => parseDocuments(text, 'f.yaml').map(({ kind, metadata }) => `${kind ?? ''} ${metadata.name ?? ''}`);
const object = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

test.each([
  ['one', object('a'), ['ConfigMap a']],
  ['several, the last line of one is the dashes of the next', `${object('a')}---\n${object('b')}--- # why\n${object('c')}`, ['ConfigMap a', 'ConfigMap b', 'ConfigMap c']],
  ['empty documents', `---\n# nothing\n---\n${object('a')}---\n`, ['ConfigMap a']],
  ['dashes in a text', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  pem: |\n    ---\n    x\n', ['ConfigMap a']],
  ['JSON', '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}', ['Pod a']],
  ['a List', '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}]}', ['Pod a']],
])('%s', (_what, text, expected) => {
  expect(names(text)).toEqual(expected);
});

test.each([
  ['no object', 'just words', '"apiVersion" or "kind" is missing'],
  ['a kind alone', 'kind: Pod', '"apiVersion" or "kind" is missing'],
  ['bad YAML', 'a: [', 'yaml'],
])('%s is an error that names the file', (_what, text, why) => {
  expect(() => names(text)).toThrow(/f\.yaml/);
  expect(() => names(text)).toThrow(expect.objectContaining({ why: expect.stringContaining(why) as string }) as Error);
});
