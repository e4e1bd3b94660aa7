import type { ApiResource } from '#api/resource';
import { RESOURCES } from '#api/resources';
import type { ApiClient } from '#client/api-client';
import { Failure } from '#client/failure';
import { readText } from '#client/transport';
import { nearest } from './nearest.ts';

/** A kind of objects that a cluster serves. */
export type Kind = Pick<ApiResource, 'group' | 'version' | 'resource' | 'kind' | 'singular' | 'shortNames' | 'namespaced' | 'verbs' | 'categories'>;

/** Finds kinds by the names that people give them. */
export interface Kinds {
  /** By plural, singular, kind or short name, also as `deployments.apps` and `deployments.v1.apps`. */
  named(name: string): Promise<Kind>;
  /** A category such as `all`; empty when there is none of that name. */
  inCategory(name: string): Promise<Kind[]>;
  /** By what stands in a manifest. */
  ofManifest(apiVersion: string, kind: string): Promise<Kind>;
}

const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** The built-in kinds are known here, which saves a question; the cluster is asked for others, which custom resources may be. */
export function kindsOf(client: ApiClient): Kinds {
  let served: Promise<Kind[]> | undefined;
  const all = () => (served ??= discover(client));
  const find = async (matches: (kind: Kind) => boolean): Promise<Kind | undefined> => RESOURCES.find(matches) ?? (await all()).find(matches);
  return {
    async named(name) {
      const found = await find((kind) => isNamed(kind, name.toLowerCase()));
      if (!found) throw new Failure(`the server doesn't have a resource type "${name}"`, suggestion(name, [...RESOURCES, ...(await all())]));
      return found;
    },
    inCategory: async (name) => (RESOURCES.some(({ categories }) => categories.includes(name)) ? await all() : []).filter(({ categories }) => categories.includes(name)),
    async ofManifest(apiVersion, kindName) {
      const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
      const found = await find((kind) => kind.kind === kindName && kind.group === group && kind.version === version && kind.verbs.includes('get'));
      if (!found) throw new Failure(`no matches for kind "${kindName}" in version "${apiVersion}"`, { fix: 'A custom resource needs its CustomResourceDefinition first.' });
      return found;
    },
  };
}

/** As kubectl writes it: `deployment.apps`, `pod`. */
export function shortKind({ singular, group }: Kind): string {
  return group === '' ? singular : `${singular}.${group}`;
}

function isNamed(kind: Kind, name: string): boolean {
  const [word = '', ...rest] = name.split('.');
  if (![kind.resource, kind.singular, kind.kind.toLowerCase(), ...kind.shortNames].includes(word)) return false;
  const suffix = rest.join('.');
  return suffix === '' || suffix === kind.group || suffix === `${kind.version}.${kind.group}` || suffix === kind.version;
}

function suggestion(name: string, kinds: readonly Kind[]): { fix?: string } {
  const near = nearest(name.toLowerCase(), kinds.flatMap(({ resource, shortNames }) => [resource, ...shortNames]));
  return near === undefined ? {} : { fix: `Did you mean ${near}?` };
}

interface GroupDiscovery {
  metadata?: { name?: string };
  versions: { version: string; resources?: { resource: string; responseKind?: { kind: string }; scope: string; singularResource?: string; shortNames?: string[]; categories?: string[]; verbs: string[] }[] }[];
}

async function discover(client: ApiClient): Promise<Kind[]> {
  const documents = await Promise.all(['/api', '/apis'].map((path) => discovered(client, path)));
  return documents.flat().flatMap((group) =>
    group.versions.flatMap(({ version, resources }) =>
      (resources ?? []).map(({ resource, responseKind, scope, singularResource, shortNames, categories, verbs }) => {
        const kind = responseKind?.kind ?? resource;
        return { group: group.metadata?.name ?? '', version, resource, kind, singular: singularResource || kind.toLowerCase(), shortNames: shortNames ?? [], categories: categories ?? [], namespaced: scope === 'Namespaced', verbs };
      }),
    ),
  );
}

async function discovered(client: ApiClient, path: string): Promise<GroupDiscovery[]> {
  const response = await client.raw({ method: 'GET', path, headers: { accept: DISCOVERY } });
  return (JSON.parse(await readText(response)) as { items?: GroupDiscovery[] }).items ?? [];
}
