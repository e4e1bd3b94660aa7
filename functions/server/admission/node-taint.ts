import { isKind, type AdmissionRequest } from './request.ts';

interface Taint {
  key: string;
  value?: string;
  effect: string;
}

const NOT_READY = 'node.kubernetes.io/not-ready';

/** A new node takes no pods until the node lifecycle controller has seen it ready. */
export function taintNewNode({ operation, resource, subresource, object }: AdmissionRequest): void {
  if (operation !== 'CREATE' || subresource !== '' || !isKind(resource, '', 'nodes') || object === undefined) return;
  const spec = (object.spec ??= {}) as { taints?: Taint[] };
  if (spec.taints?.some((taint) => taint.key === NOT_READY && taint.effect === 'NoSchedule')) return;
  spec.taints = [...(spec.taints ?? []), { key: NOT_READY, effect: 'NoSchedule' }];
}
