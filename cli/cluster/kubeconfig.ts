import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Failure } from '#client/failure';

/** Which cluster a command speaks to, chosen as kubectl chooses it; where it falls back on its own, a cluster of this machine comes first. */
export interface ClusterChoice {
  kubeconfig?: string | undefined;
  dataDir?: string | undefined;
  context?: string | undefined;
}

export interface ChosenCluster {
  context: string;
  namespace: string;
  cluster: z.infer<typeof ClusterEntry>;
  user: z.infer<typeof UserEntry>;
  files: string[];
}

// An empty entry is null in YAML. What is not known is left alone: these files are other programs' too.
const text = z.string().nullish().transform((value) => value || undefined);
const ClusterEntry = z.object({ server: z.string().min(1), 'certificate-authority': text, 'certificate-authority-data': text, 'insecure-skip-tls-verify': z.boolean().nullish() });
const ExecEntry = z.object({ command: z.string(), args: z.array(z.string()).nullish(), env: z.array(z.object({ name: z.string(), value: z.string() })).nullish() });
const UserEntry = z.object({ token: text, tokenFile: text, 'client-certificate': text, 'client-certificate-data': text, 'client-key': text, 'client-key-data': text, exec: ExecEntry.nullish() });
const ContextEntry = z.object({ cluster: text, user: text, namespace: text });
const named = <T extends z.ZodType, K extends string>(key: K, entry: T) => z.array(z.object({ name: z.string(), [key]: entry } as { name: z.ZodString } & Record<K, T>)).nullish().transform((list) => list ?? []);
const Kubeconfig = z.object({
  'current-context': text,
  clusters: named('cluster', ClusterEntry.nullish()),
  users: named('user', UserEntry.nullish()),
  contexts: named('context', ContextEntry.nullish()),
});
type Kubeconfig = z.infer<typeof Kubeconfig>;

export function chooseCluster(choice: ClusterChoice, env: NodeJS.ProcessEnv = process.env, home = homedir()): ChosenCluster {
  const files = kubeconfigFiles(choice, env, home);
  const merged = files.map(readKubeconfig).reduce(merge, { 'current-context': undefined, clusters: [], users: [], contexts: [] });
  const context = choice.context ?? merged['current-context'];
  if (context === undefined) throw noCluster(files);
  const entry = merged.contexts.find(({ name }) => name === context)?.context;
  if (!entry) throw new Failure(`there is no context "${context}"`, { why: `${files.join(', ')} ${merged.contexts.length === 0 ? 'has no context' : `has: ${merged.contexts.map(({ name }) => name).join(', ')}`}`, fix: 'Name one of them with --context.' });
  const cluster = merged.clusters.find(({ name }) => name === entry.cluster)?.cluster;
  if (!cluster) throw new Failure(`the context "${context}" names a cluster that the kubeconfig does not have: "${entry.cluster ?? ''}"`, { why: files.join(', ') });
  const user = merged.users.find(({ name }) => name === entry.user)?.user ?? UserEntry.parse({});
  return { context, namespace: entry.namespace ?? 'default', cluster, user, files };
}

function kubeconfigFiles({ kubeconfig, dataDir }: ClusterChoice, env: NodeJS.ProcessEnv, home: string): string[] {
  if (kubeconfig !== undefined) return [existing(resolve(kubeconfig), 'See --kubeconfig.')];
  if (dataDir !== undefined) return [existing(join(resolve(dataDir), 'kubeconfig'), `\`zeroplane up --data-dir ${dataDir}\` makes a cluster there.`)];
  if (env['KUBECONFIG']) return env['KUBECONFIG'].split(delimiter).filter(Boolean).filter((path) => existsSync(path)).map((path) => resolve(path));
  return [join(home, '.zeroplane/kubeconfig'), join(home, '.kube/config')].filter((path) => existsSync(path)).slice(0, 1);
}

function existing(path: string, fix: string): string {
  if (!existsSync(path)) throw new Failure(`there is no file ${path}`, { fix });
  return path;
}

function noCluster(files: string[]): Failure {
  return new Failure('no cluster is chosen', {
    why: files.length === 0 ? 'neither --kubeconfig nor KUBECONFIG names a file that exists, and there is no ~/.zeroplane/kubeconfig and no ~/.kube/config' : `${files.join(', ')} has no current context`,
    fix: '`zeroplane up` makes a cluster on this machine.',
  });
}

function readKubeconfig(path: string): Kubeconfig {
  const parsed = Kubeconfig.safeParse(parse(readFileSync(path, 'utf8')) ?? {});
  if (!parsed.success) throw new Failure(`${path} is no kubeconfig`, { why: z.prettifyError(parsed.error) });
  const located = (file: string | undefined) => (file === undefined || isAbsolute(file) ? file : join(dirname(path), file));
  for (const { cluster } of parsed.data.clusters) if (cluster) cluster['certificate-authority'] = located(cluster['certificate-authority']);
  for (const { user } of parsed.data.users) if (user) Object.assign(user, { tokenFile: located(user.tokenFile), 'client-certificate': located(user['client-certificate']), 'client-key': located(user['client-key']) });
  return parsed.data;
}

// The first file that says something wins.
function merge(first: Kubeconfig, second: Kubeconfig): Kubeconfig {
  return {
    'current-context': first['current-context'] ?? second['current-context'],
    clusters: [...first.clusters, ...second.clusters],
    users: [...first.users, ...second.users],
    contexts: [...first.contexts, ...second.contexts],
  };
}
