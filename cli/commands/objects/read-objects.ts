import type { KubeObject } from '#api/object';
import type { Session } from '../../cluster/session.ts';
import type { Target } from '../../cluster/targets.ts';
import { type GetOptions, scopeOf, selection } from './get-options.ts';

/** The object that a target names, or those of its kind that are selected. */
export async function objectsOf({ client, namespace }: Session, { kind, name }: Target, options: Pick<GetOptions, 'allNamespaces' | 'selector' | 'fieldSelector'>): Promise<KubeObject[]> {
  const scope = scopeOf(kind, options.allNamespaces ? undefined : namespace);
  if (name !== undefined) return [await client.get<KubeObject>(kind, { ...scope, name })];
  const { items } = await client.list<KubeObject>(kind, { ...scope, ...selection(options) });
  // Items of a list carry no kind of their own.
  return items.map((item) => ({ apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`, kind: kind.kind, ...item }));
}
