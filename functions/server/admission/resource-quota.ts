import type { ResourceQuota } from '#api/schema/kinds.generated';
import { forbidden } from '#api/status';
import { delta, quotaRefusal, unstated, withUsage } from '#core/quota/judge';
import { builtIn } from '../lookup.ts';
import { type AdmissionDeps, type AdmissionRequest, isPodCreate } from './request.ts';

// Nobody limits these, and they are written all the time.
const UNLIMITED = new Set(['events', 'leases', 'endpointslices', 'endpoints']);

// What an update can make larger.
const GROWS = new Set(['services', 'persistentvolumeclaims']);

/**
 * Refuses what a quota has no room for, and counts what it lets pass, in the quota's own status: of two writes at once the second sees
 * the first. What then fails for another reason is given back by the controller, which counts anew.
 */
export async function enforceQuota(request: AdmissionRequest, { store }: AdmissionDeps): Promise<void> {
  const { resource, namespace, object, old, dryRun } = request;
  if (object === undefined || namespace === '' || !mayTakeMore(request)) return;
  const quotas = builtIn('', 'resourcequotas');
  const { items } = await store.list(quotas, { namespace });
  const what = { group: resource.storage.group, resource: resource.storage.resource };
  const refuse = (why: string): never => {
    throw forbidden({ group: resource.group, resource: resource.resource }, request.name, why);
  };
  const limits = items.map(({ object: quota }) => ({ quota: quota, more: delta(quota as ResourceQuota, what, { object, old }) }));
  for (const { quota } of limits) {
    const silent = isPodCreate(request) ? unstated(quota, object) : undefined;
    if (silent !== undefined) refuse(silent);
  }
  for (const { quota, more } of limits.filter((limit) => limit.more.size > 0)) {
    const judge = (current: ResourceQuota): ResourceQuota => {
      const why = quotaRefusal(current, more);
      return why === undefined ? withUsage(current, more) : refuse(why);
    };
    const name = quota.metadata.name ?? '';
    await store.update({ resource: quotas, namespace, name }, (current) => judge(current), { subresource: 'status', dryRun: dryRun === true });
  }
}

function mayTakeMore({ operation, resource, subresource }: AdmissionRequest): boolean {
  if (operation === 'CREATE') return subresource === '' && !UNLIMITED.has(resource.resource);
  return operation === 'UPDATE' && (subresource === 'resize' || (subresource === '' && GROWS.has(resource.resource)));
}
