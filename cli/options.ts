import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Failure } from '#client/failure';

export const defaultDataDir = (): string => join(homedir(), '.zeroplane');

/** Options that tools rely on; kept stable. */
export const DataDir = z
  .string()
  .min(1)
  .default(defaultDataDir)
  .transform((path) => resolve(path));

export const Port = z.coerce.number('must be a number').int('must be a whole number').min(1, 'must be from 1 to 65535').max(65535, 'must be from 1 to 65535');
/** How many, or how long: at least one. */
export const Count = z.coerce.number('must be a number').int().min(1);
export const Output = z.enum(['text', 'json', 'yaml'], 'must be text, json or yaml').default('text');
/** For `option()` of a command that takes `Output`. */
export const OUTPUT_OPTION = ['-o, --output <format>', 'text, json or yaml'] as const;

/** For `option()` of a command that points somebody's kubeconfig to a cluster. */
export const KUBECONFIG_OPTION = ['--kubeconfig <file>', 'kubeconfig to write to (default: KUBECONFIG, ~/.kube/config)'] as const;

/** Names every option that is wrong, in its own words. */
export function parseOptions<T extends z.ZodType>(schema: T, given: unknown): z.infer<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map((issue) => `--${kebab(String(issue.path[0] ?? ''))}: ${issue.message}`).join('\n');
  throw new Failure('these options cannot be taken', { why, fix: 'See --help for what each option takes.' });
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
