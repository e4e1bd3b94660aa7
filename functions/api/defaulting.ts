import type { KubeObject } from './object.ts';
import type { ApiResource } from './resource.ts';
import { rulesFor } from './rules.ts';

/** Fills in what Kubernetes' SetDefaults_* would, in place. Runs on every object that was decoded, before admission and strategy. */
export function applyDefaults(resource: ApiResource, object: KubeObject): void {
  rulesFor(resource).setDefaults?.(object);
}
