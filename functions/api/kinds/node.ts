import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import { isEqual } from '../equal.ts';
import type { KindRules } from '../kind-rules.ts';
import type { Node, NodeSpec, Taint } from '../schema/kinds.generated.ts';
import { isIpv4 } from '../ipv4.ts';
import { cidrProblems } from '../validation/addresses.ts';
import { labelValue, qualifiedName } from '../validation/names.ts';
import { positive } from '../validation/numbers.ts';
import { validateAmount } from '../validation/resources.ts';
import { declaredFeatureErrors } from '../validation/declared-features.ts';
import { nodeColumns } from './node-columns.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const nodeRules: KindRules<Node> = {
  keepsStatusOnCreate: true,
  setDefaults: ({ spec, status }) => {
    if (spec?.podCIDR && spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
    else if (spec?.podCIDRs?.[0] && !spec.podCIDR) spec.podCIDR = spec.podCIDRs[0];
    // Until the node says what it keeps for itself, all of it can be had.
    if (status?.capacity && Object.keys(status.allocatable ?? {}).length === 0) status.allocatable = { ...status.capacity };
  },
  prepareForCreate: ({ spec }) => {
    if (spec) delete spec.configSource;
  },
  validate: (node) => [...taintErrors(node.spec?.taints ?? [], 'metadata.taints'), ...cidrErrors(node.spec?.podCIDRs ?? [], 'spec.podCIDRs')],
  warnings: ({ spec }) => (spec?.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
  validateCreate: statusErrors,
  validateUpdate: (node, old) => [...addressErrors(node), ...cidrChange(node.spec, old.spec)],
  status: {
    // A node's agent keeps its labels up to date by the same request.
    prepareForUpdate: (node, old) => {
      if (old.spec) node.spec = structuredClone(old.spec);
      else delete node.spec;
    },
    validateUpdate: (node) => [...addressErrors(node), ...statusErrors(node)],
  },
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec?.unschedulable ?? false) }),
  columns: nodeColumns,
};

function taintErrors(taints: Taint[], path: string): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, i) => {
    const at = `${path}[${i}]`;
    const { key = '', value = '', effect = '' } = taint;
    const errors = qualifiedName(key).map((text) => invalid(`${at}.key`, key, text));
    errors.push(...labelValue(value).map((text) => invalid(`${at}.value`, value, text)));
    if (effect === '') errors.push(required(`${at}.effect`));
    else if (!EFFECTS.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, EFFECTS));
    if (seen.has(`${key}:${effect}`)) {
      const repeated = duplicate(at, { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null });
      errors.push({ ...repeated, message: `${repeated.message}: taints must be unique by key and effect pair` });
    }
    seen.add(`${key}:${effect}`);
    return errors;
  });
}

function cidrErrors(cidrs: string[], path: string): FieldError[] {
  const errors = cidrs.flatMap((cidr, i) => cidrProblems(cidr).map((text) => invalid(`${path}[${i}]`, cidr, text)));
  const families = cidrs.map((cidr) => isIpv4(cidr.split('/')[0] ?? ''));
  if (new Set(families).size < families.length) errors.push(invalid(path, cidrs, 'may specify no more than one CIDR for each IP family'));
  return errors;
}

function cidrChange(spec: NodeSpec | undefined, old: NodeSpec | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (old?.podCIDRs?.length && !isEqual(spec?.podCIDRs, old.podCIDRs)) errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  if (old?.providerID && spec?.providerID !== old.providerID) errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  return errors;
}

function statusErrors({ status = {} }: Node): FieldError[] {
  const amounts = (['capacity', 'allocatable'] as const).flatMap((field) => Object.entries(status[field] ?? {}).flatMap(([name, amount]) => validateAmount(name, amount, `status.${field}.${name}`)));
  const swap = status.nodeInfo?.swap?.capacity;
  const swapErrors = swap === undefined ? [] : positive('metadata.nodeSwapStatus.capacity', swap); // as the real server names it
  return [...amounts, ...swapErrors, ...declaredFeatureErrors(status.declaredFeatures ?? [], 'status.declaredFeatures')];
}

function addressErrors({ status = {} }: Node): FieldError[] {
  const seen = new Set<string>();
  return (status.addresses ?? []).flatMap((address, i) => {
    const key = `${address.type}:${address.address}`;
    const repeated = seen.has(key);
    seen.add(key);
    return repeated ? [duplicate(`status.addresses[${i}]`, address)] : [];
  });
}
