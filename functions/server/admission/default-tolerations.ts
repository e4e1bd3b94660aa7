import { isPodWrite, type AdmissionRequest } from './request.ts';

interface Toleration {
  key?: string;
  operator?: string;
  effect?: string;
  tolerationSeconds?: number;
}

const SECONDS = 300;
const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** A pod stays five minutes on a node that has gone quiet, unless it says otherwise; a writer who leaves that out of an update means no change. */
export function addDefaultTolerations(request: AdmissionRequest): void {
  if (!isPodWrite(request) || request.object === undefined) return;
  const spec = request.object.spec as { tolerations?: Toleration[] } | undefined;
  if (spec === undefined) return;
  for (const key of KEYS) {
    const tolerated = spec.tolerations?.some((one) => (one.key === key || !one.key) && (one.effect === 'NoExecute' || !one.effect));
    if (tolerated) continue;
    spec.tolerations = [...(spec.tolerations ?? []), { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }];
  }
}
