import { Hono } from 'hono';
import type { NodeReferences } from '#api/node-references';
import type { ApiResource } from '#api/resource';
import { podReferences } from '#core/pod-references';
import type { AppEnv } from '../app-env.ts';
import type { ServerDeps } from '../deps.ts';
import { builtIn, getIfExists } from '../lookup.ts';

/** What a node's pods are made from, in its present versions. The authoriser has seen to it that only this node asks. */
export function nodeReferencesRoutes({ store }: ServerDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/zeroplane/v1/nodes/:node/references', async (context) => {
    const node = context.req.param('node');
    const { items } = await store.list(builtIn('', 'pods'), { index: { index: 'node', term: node }, matches: (pod) => (pod.spec as { nodeName?: string } | undefined)?.nodeName === node });
    const wanted = new Map<string, { resource: ApiResource; namespace: string; name: string }>();
    for (const { object } of items) {
      const { configmaps, secrets } = podReferences(object);
      const namespace = object.metadata.namespace ?? '';
      for (const name of configmaps) wanted.set(`configmaps/${namespace}/${name}`, { resource: builtIn('', 'configmaps'), namespace, name });
      for (const name of secrets) wanted.set(`secrets/${namespace}/${name}`, { resource: builtIn('', 'secrets'), namespace, name });
    }
    const versions = await Promise.all([...wanted].map(async ([key, { resource, ...where }]) => [key, (await getIfExists(store, resource, where))?.object.metadata.resourceVersion ?? null] as const));
    const answer: NodeReferences = { versions: Object.fromEntries(versions) };
    return context.json(answer);
  });
  return app;
}
