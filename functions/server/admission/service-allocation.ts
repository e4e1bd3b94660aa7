import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import type { FieldError } from '#api/field-error';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { internalError, invalid } from '#api/status';
import { addressRange } from '#core/service-addresses';
import type { Claim, ClaimWrite } from '#ports/table';
import type { WriteOptions } from '#store/object-store';
import { builtIn, getIfExists } from '../lookup.ts';
import { type AdmissionDeps, isKind } from './request.ts';

/**
 * Addresses and node ports of Services: records of the same commit as the Service, so that no two ever have one. A record whose Service
 * is gone (or no longer says so) may be taken over, so that one that was left behind by any way of deletion blocks nobody.
 */
export function serviceClaims(deps: AdmissionDeps, resource: ApiResource): Pick<WriteOptions, 'claims'> {
  if (!isKind(resource, '', 'services')) return {};
  const chosen = new Set<string>(); // over the attempts of one write: what was chosen for it may be chosen anew
  return { claims: (object, previous) => allocate(deps, chosen, { service: object, previous }) };
}

interface Service extends KubeObject {
  spec?: ServiceSpec;
}

interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ports?: { nodePort?: number; protocol?: string; port: number }[];
  externalTrafficPolicy?: string;
  healthCheckNodePort?: number;
  allocateLoadBalancerNodePorts?: boolean;
}

interface Change {
  service: Service;
  previous: Service | undefined;
}

async function allocate(deps: AdmissionDeps, chosen: Set<string>, change: Change): Promise<ClaimWrite[]> {
  const spec = change.service.spec;
  if (spec === undefined) return [];
  forgetChosen(spec, chosen);
  const before = heldBy(change.previous);
  if (isGoing(change.service)) return [...before].map((key) => released(deps, key));
  const taken = new Map<string, ClaimWrite>();
  const take = async (key: string): Promise<boolean> => {
    if (before.has(key) || taken.has(key)) return true;
    const claim = await claimFor(deps, key, change.service);
    if (claim) taken.set(key, claim);
    return claim !== undefined;
  };
  const allocation = { spec, service: change.service, held: before, chosen, take };
  await allocateAddress(deps, allocation);
  await allocatePorts(deps, allocation);
  const after = heldBy(change.service);
  return [...taken.values(), ...[...before].filter((key) => !after.has(key)).map((key) => released(deps, key))];
}

/** For the deletion of a Service: what it held is free again, unless a finalizer still keeps it. */
export function releasedClaims(deps: AdmissionDeps, resource: ApiResource): Pick<WriteOptions, 'claims'> {
  if (!isKind(resource, '', 'services')) return {};
  return { claims: (object) => ((object.metadata.finalizers ?? []).length > 0 ? [] : [...heldBy(object)].map((key) => released(deps, key))) };
}

function released({ store }: AdmissionDeps, key: string): ClaimWrite {
  return { cluster: store.cluster, key, value: null };
}

// The update that takes away the last finalizer is the deletion.
function isGoing({ metadata }: Service): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
}

/** Which records a Service holds, by what it says; for its deletion as well. */
function heldBy(service: Service | undefined): Set<string> {
  const { clusterIP, ports, healthCheckNodePort } = service?.spec ?? {};
  const numbers = [...(ports ?? []).map((port) => port.nodePort), healthCheckNodePort].filter((port): port is number => !!port);
  return new Set([...(clusterIP && clusterIP !== 'None' ? [addressKey(clusterIP)] : []), ...numbers.map(portKey)]);
}

interface Allocation {
  spec: ServiceSpec;
  service: Service;
  /** Records of the Service before this write. */
  held: Set<string>;
  chosen: Set<string>;
  take: (key: string) => Promise<boolean>;
}

async function allocateAddress(deps: AdmissionDeps, { spec, service, held, chosen, take }: Allocation): Promise<void> {
  if (spec.type === 'ExternalName' || spec.clusterIP === 'None') return;
  const range = addressRange(deps.config.serviceCidr);
  const asked = spec.clusterIP || spec.clusterIPs?.[0];
  if (asked) {
    const refuse = (why: string): Error => refusal(service, 'spec.clusterIPs', `Invalid value: ${JSON.stringify([asked])}: failed to allocate IP ${asked}: ${why}`);
    // What the Service had before this write is its own, also where the range has changed since.
    if (!held.has(addressKey(asked)) && !range.contains(asked)) throw refuse('the provided network does not match the current range');
    if (!(await take(addressKey(asked)))) throw refuse('provided IP is already allocated');
    setAddress(spec, asked);
    return;
  }
  const candidates = { count: range.size - range.firstDynamic, at: (n: number) => range.at(range.firstDynamic + n) };
  const address = await firstFree(deps, candidates, (candidate) => take(addressKey(candidate)));
  if (address === undefined) throw internalError('failed to allocate a serviceIP: range is full');
  chosen.add(addressKey(address));
  setAddress(spec, address);
}

async function allocatePorts(deps: AdmissionDeps, allocation: Allocation): Promise<void> {
  const { spec } = allocation;
  const exposed = spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  for (const [at, port] of (spec.ports ?? []).entries()) {
    if (port.nodePort) await takePort(deps, allocation, { port: port.nodePort, field: `spec.ports[${at}].nodePort` });
  }
  if (exposed) for (const port of spec.ports ?? []) port.nodePort ||= siblingPort(spec, port) ?? (await freePort(deps, allocation));
  if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') return;
  if (spec.healthCheckNodePort) await takePort(deps, allocation, { port: spec.healthCheckNodePort, field: 'spec.healthCheckNodePort' });
  else spec.healthCheckNodePort = await freePort(deps, allocation);
}

async function takePort(deps: AdmissionDeps, { service, take }: Allocation, { port, field }: { port: number; field: string }): Promise<void> {
  const { from, to } = deps.config.nodePorts;
  if (port < from || port > to) throw refusal(service, field, `Invalid value: ${port}: provided port is not in the valid range. The range of valid ports is ${from}-${to}`);
  if (!(await take(portKey(port)))) throw refusal(service, field, `Invalid value: ${port}: provided port is already allocated`);
}

/** One port number for TCP and UDP of the same Service port, as for DNS. */
function siblingPort(spec: ServiceSpec, wanted: { port: number; protocol?: string }): number | undefined {
  return spec.ports?.find((other) => other.nodePort && other.port === wanted.port && other.protocol !== wanted.protocol)?.nodePort;
}

async function freePort(deps: AdmissionDeps, { take, chosen }: Allocation): Promise<number> {
  const { from, to } = deps.config.nodePorts;
  const port = await firstFree(deps, { count: to - from + 1, at: (n) => from + n }, (candidate) => take(portKey(candidate)));
  if (port === undefined) throw internalError('failed to allocate a nodePort: range is full');
  chosen.add(portKey(port));
  return port;
}

// Chance first, so that writers at the same time rarely meet; then one walk over all, so that the last free one is found.
const RANDOM_TRIES = 16;

async function firstFree<T>(deps: AdmissionDeps, candidates: { count: number; at(n: number): T }, take: (candidate: T) => Promise<boolean>): Promise<T | undefined> {
  for (let tries = 0; tries < RANDOM_TRIES; tries++) {
    const candidate = candidates.at(deps.ids.integer(candidates.count));
    if (await take(candidate)) return candidate;
  }
  for (let n = 0; n < candidates.count; n++) if (await take(candidates.at(n))) return candidates.at(n);
  return undefined;
}

async function claimFor(deps: AdmissionDeps, key: string, service: Service): Promise<ClaimWrite | undefined> {
  const { namespace = '', name = '', uid = '' } = service.metadata;
  const value = toJsonBytes({ namespace, name, uid });
  const held = await deps.table.readClaim(deps.store.cluster, key);
  if (held !== undefined && (await isHolderAlive(deps, key, held))) return undefined;
  return { cluster: deps.store.cluster, key, expect: held?.version ?? null, value };
}

async function isHolderAlive({ store }: AdmissionDeps, key: string, held: Claim): Promise<boolean> {
  const { namespace, name, uid } = fromJsonBytes<{ namespace: string; name: string; uid: string }>(held.value);
  const holder = await getIfExists(store, builtIn('', 'services'), { namespace, name });
  return holder?.object.metadata.uid === uid && heldBy(holder.object).has(key);
}

// A try that lost its claim leaves what it chose in the object: choose again.
function forgetChosen(spec: ServiceSpec, chosen: Set<string>): void {
  if (spec.clusterIP && chosen.has(addressKey(spec.clusterIP))) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  for (const port of spec.ports ?? []) if (port.nodePort && chosen.has(portKey(port.nodePort))) delete port.nodePort;
  if (spec.healthCheckNodePort && chosen.has(portKey(spec.healthCheckNodePort))) delete spec.healthCheckNodePort;
}

function setAddress(spec: ServiceSpec, address: string): void {
  spec.clusterIP = address;
  spec.clusterIPs = [address];
}

function refusal(service: Service, field: string, message: string): Error {
  const error: FieldError = { type: 'FieldValueInvalid', field, message };
  return invalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', [error]);
}

function addressKey(address: string): string {
  return `service-ip/${address}`;
}

function portKey(port: number): string {
  return `node-port/${port}`;
}
