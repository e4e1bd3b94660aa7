import type { LimitRange } from '#api/schema/kinds.generated';
import { forbidden } from '#api/status';
import { applyLimitDefaults } from '#core/limit-range/defaults';
import { claimLimitErrors, podLimitErrors } from '#core/limit-range/judge';
import { builtIn } from '../lookup.ts';
import { type AdmissionDeps, type AdmissionRequest, isKind, isPodCreate } from './request.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** What a namespace's containers get where they say nothing, and the bounds that they and its claims are held to. */
export async function enforceLimitRange(request: AdmissionRequest, { store }: AdmissionDeps): Promise<void> {
  const { operation, resource, subresource, namespace, object } = request;
  const isPod = isPodCreate(request);
  const isClaim = operation !== 'DELETE' && subresource === '' && isKind(resource, '', 'persistentvolumeclaims');
  if (object === undefined || (!isPod && !isClaim)) return;
  const { items } = await store.list(builtIn('', 'limitranges'), { namespace });
  const ranges = items.map((item) => item.object as LimitRange);
  if (ranges.length === 0) return;
  if (isPod) {
    const said = applyLimitDefaults(object, ranges);
    if (said !== undefined) object.metadata.annotations = { ...object.metadata.annotations, [ANNOTATION]: said };
  }
  const errors = isPod ? podLimitErrors(object, ranges) : claimLimitErrors(object, ranges);
  if (errors.length > 0) throw forbidden({ group: '', resource: resource.resource }, request.name, errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
}
