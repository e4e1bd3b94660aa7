import { z } from 'zod';
import type { Kind } from '../../cluster/kinds.ts';
import { CLUSTER_OPTIONS } from '../cluster-command.ts';
import type { Where } from './follow.ts';

export const GetOptions = z.strictObject({
  ...CLUSTER_OPTIONS,
  output: z.enum(['wide', 'json', 'yaml', 'name'], 'must be wide, json, yaml or name').optional(),
  allNamespaces: z.boolean().default(false),
  selector: z.string().optional(),
  fieldSelector: z.string().optional(),
  watch: z.boolean().default(false),
  watchOnly: z.boolean().default(false),
  headers: z.boolean().default(true),
  showLabels: z.boolean().default(false),
  ignoreNotFound: z.boolean().default(false),
});
export type GetOptions = z.infer<typeof GetOptions>;

/** Where objects of a kind are looked for; without a namespace, in all of them. */
export function scopeOf(kind: Kind, namespace: string | undefined): { namespace?: string } {
  return kind.namespaced && namespace !== undefined ? { namespace } : {};
}

export function selection({ selector, fieldSelector }: Pick<GetOptions, 'selector' | 'fieldSelector'>): Where {
  return { ...(selector === undefined ? {} : { labelSelector: selector }), ...(fieldSelector === undefined ? {} : { fieldSelector }) };
}
