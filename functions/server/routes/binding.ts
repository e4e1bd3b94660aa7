import type { KubeObject } from '#api/object';
import { formatTime } from '#api/time';
import { badRequest, conflict, StatusError, successStatus } from '#api/status';
import { builtIn } from '../lookup.ts';
import { readObject } from '../protocol/decode-object.ts';
import { respondValue } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import type { ResourceRequest } from './resource-request.ts';
import { ring } from './ring.ts';

interface Binding extends KubeObject {
  target?: { kind?: string; name?: string };
}

interface Pod extends KubeObject {
  spec?: { nodeName?: string };
  status?: { conditions?: { type: string; status: string; lastProbeTime: null; lastTransitionTime: string }[] };
}

/** POST of a Binding, to `pods/NAME/binding` or to `bindings`: gives a pod its node, once. */
export async function bind(request: ResourceRequest): Promise<Response> {
  const { deps, info } = request;
  const { dryRun, fieldValidation } = writeOptionsOf(request.query, 'CreateOptions');
  const binding = (await readObject(request, fieldValidation)) as Binding;
  const name = info.resource === 'pods' ? info.name : (binding.metadata.name ?? '');
  const node = targetNode(binding, name);
  const pods = builtIn('', 'pods');
  const about = { ...request, resource: pods, name };
  request.resource = pods;
  request.name = name;

  const bound = await deps.store.update({ resource: pods, namespace: info.namespace, name }, (pod) => assign(pod, about, { node, binding }), { subresource: 'binding', dryRun });
  if (!dryRun) await ring(deps, pods, bound.revision);
  return respondValue(request, successStatus(undefined, 201), 201);
}

function targetNode({ metadata, target }: Binding, name: string): string {
  if (metadata.name !== name) throw badRequest('name in URL does not match name in Binding object');
  if (target?.kind && target.kind !== 'Node') throw new StatusError(500, undefined, `target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`);
  if (!target?.name) throw new StatusError(500, undefined, 'target.name: Required value');
  return target.name;
}

function assign(pod: Pod, { name, deps }: ResourceRequest, { node, binding }: { node: string; binding: Binding }): Pod {
  const refuse = (why: string): Error => conflict({ group: '', resource: 'pods/binding' }, name, why);
  const { uid, resourceVersion } = binding.metadata;
  if (uid && uid !== pod.metadata.uid) throw refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`);
  if (resourceVersion && resourceVersion !== pod.metadata.resourceVersion) {
    throw refuse(`Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${pod.metadata.resourceVersion}`);
  }
  if (pod.metadata.deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec?.nodeName) throw refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  pod.spec = { ...pod.spec, nodeName: node };
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: formatTime(deps.clock.now()) };
  pod.status = { ...pod.status, conditions: [...(pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'), scheduled] };
  pod.metadata.annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations };
  if (Object.keys(pod.metadata.annotations).length === 0) delete pod.metadata.annotations;
  return pod;
}
