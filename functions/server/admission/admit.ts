import { addDefaultTolerations } from './default-tolerations.ts';
import { enforceLimitRange } from './limit-range.ts';
import { checkNamespace } from './namespace-lifecycle.ts';
import { restrictNode } from './node-restriction.ts';
import { taintNewNode } from './node-taint.ts';
import { resolvePriority } from './priority.ts';
import { preventEscalation } from './rbac-escalation.ts';
import { defaultStorageClass, protectStorage } from './storage.ts';
import type { AdmissionDeps, AdmissionPlugin, AdmissionRequest } from './request.ts';
import { enforceQuota } from './resource-quota.ts';
import { resolveRuntimeClass } from './runtime-class.ts';
import { applyServiceAccount } from './service-account.ts';

/** Those that complete the object come before those that only judge it; what counts it comes last, when nothing else refuses. */
const PLUGINS: readonly AdmissionPlugin[] = [
  checkNamespace,
  applyServiceAccount,
  resolvePriority,
  addDefaultTolerations,
  resolveRuntimeClass,
  protectStorage,
  defaultStorageClass,
  taintNewNode,
  enforceLimitRange,
  restrictNode,
  preventEscalation,
  enforceQuota,
];

/** Runs the plugins in order; the first StatusError refuses the write. */
export async function admit(request: AdmissionRequest, deps: AdmissionDeps): Promise<void> {
  for (const plugin of PLUGINS) await plugin(request, deps);
}
