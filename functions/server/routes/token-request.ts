import type { KubeObject } from '#api/object';
import { badRequest, conflict, invalid, notFound } from '#api/status';
import { formatTime } from '#api/time';
import { admit } from '../admission/admit.ts';
import { tokenClaims, type BoundObject, type KubernetesClaims } from '../authenticate/service-account-token.ts';
import { builtIn, getIfExists } from '../lookup.ts';
import { readBody } from '../protocol/body.ts';
import { decodeObject } from '../protocol/decode-object.ts';
import { respondValue } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import { refOf, type ResourceRequest } from './resource-request.ts';

interface TokenRequest extends KubeObject {
  spec?: { audiences?: string[]; expirationSeconds?: number | null; boundObjectRef?: BoundObjectRef | null };
}

interface BoundObjectRef {
  kind?: string;
  apiVersion?: string;
  name?: string;
  uid?: string;
}

const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** `serviceaccounts/NAME/token`: a fresh token, for as long as the account (and the pod it is bound to) exists. */
export async function requestToken(request: ResourceRequest): Promise<Response> {
  const { deps, info, user, resource } = request;
  const { fieldValidation } = writeOptionsOf(request.query, 'CreateOptions');
  const body = await readBody(request);
  const asked = body.length === 0 ? ({ metadata: {} } as TokenRequest) : (decodeObject(request, body, fieldValidation) as TokenRequest);
  await admit({ operation: 'CREATE', user, resource, subresource: 'token', namespace: info.namespace, name: info.name, object: asked }, deps);

  const expirationSeconds = lifeOf(asked);
  const audiences = asked.spec?.audiences?.length ? asked.spec.audiences : [deps.config.issuer];
  const { object: serviceAccount } = await deps.store.get(refOf(request));
  const bound = await boundObject(request, asked.spec?.boundObjectRef ?? undefined);
  const nowSeconds = Math.floor(deps.clock.now() / 1000);
  const claims = tokenClaims({ serviceAccount, bound, issuer: deps.config.issuer, audiences, id: deps.ids.uuid(), nowSeconds, expirationSeconds });
  const token = await deps.signer.sign({ ...claims });
  const { name = '', namespace = '', uid = '' } = serviceAccount.metadata;
  const answer = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid, creationTimestamp: formatTime(nowSeconds * 1000) },
    spec: { audiences, expirationSeconds, boundObjectRef: asked.spec?.boundObjectRef ?? null },
    status: { token, expirationTimestamp: formatTime(claims.exp * 1000) },
  };
  return respondValue(request, answer, 201);
}

function lifeOf({ spec }: TokenRequest): number {
  const seconds = spec?.expirationSeconds ?? DEFAULT_SECONDS;
  const refuse = (why: string): Error => {
    const message = `Invalid value: ${seconds}: ${why}`;
    return invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [{ type: 'FieldValueInvalid', field: 'spec.expirationSeconds', message }]);
  };
  if (seconds < MIN_SECONDS) throw refuse('may not specify a duration less than 10 minutes');
  if (seconds > MAX_SECONDS) throw refuse('may not specify a duration larger than 2^32 seconds');
  return seconds;
}

async function boundObject(request: ResourceRequest, reference: BoundObjectRef | undefined): Promise<Omit<KubernetesClaims, 'namespace' | 'serviceaccount'>> {
  if (reference === undefined) return {};
  switch (`${reference.apiVersion}/${reference.kind}`) {
    case 'v1/Pod':
      return boundPod(request, reference);
    case 'v1/Secret':
      return { secret: boundOf(await requireObject(request, 'secrets', reference)) };
    case 'v1/Node':
      return { node: boundOf(await requireObject(request, 'nodes', reference)) };
    default:
      throw badRequest(`cannot bind token for serviceaccount to object of type ${reference.apiVersion}, Kind=${reference.kind}`);
  }
}

async function boundPod(request: ResourceRequest, reference: BoundObjectRef): Promise<Omit<KubernetesClaims, 'namespace' | 'serviceaccount'>> {
  const pod = await requireObject(request, 'pods', reference);
  const spec = pod.spec as { serviceAccountName?: string; nodeName?: string } | undefined;
  if (spec?.serviceAccountName !== request.info.name) {
    throw badRequest(`cannot bind token for serviceaccount "${request.info.name}" to pod running with different serviceaccount name.`);
  }
  const node = spec.nodeName ? await getIfExists(request.deps.store, builtIn('', 'nodes'), { name: spec.nodeName }) : undefined;
  return { pod: boundOf(pod), ...(node ? { node: boundOf(node.object) } : {}) };
}

async function requireObject({ deps, info, resource, name }: ResourceRequest, plural: string, reference: BoundObjectRef): Promise<KubeObject> {
  const namespace = plural === 'nodes' ? {} : { namespace: info.namespace };
  const found = await getIfExists(deps.store, builtIn('', plural), { ...namespace, name: reference.name ?? '' });
  if (found === undefined) throw notFound({ group: '', resource: plural }, reference.name ?? '');
  const { uid } = found.object.metadata;
  if (reference.uid && reference.uid !== uid) throw conflict(resource, name, `the UID in the bound object reference (${reference.uid}) does not match the UID in record. The object might have been deleted and then recreated`);
  return found.object;
}

function boundOf({ metadata }: KubeObject): BoundObject {
  return { name: metadata.name ?? '', uid: metadata.uid ?? '' };
}
