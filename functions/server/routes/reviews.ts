import type { KubeObject } from '#api/object';
import { badRequest } from '#api/status';
import { formatTime } from '#api/time';
import type { PolicyRule } from '#core/rbac';
import { authenticateToken } from '../authenticate/authenticate.ts';
import { rulesOfUser } from '../authorize/roles.ts';
import { authenticateDeps } from '../chain.ts';
import { readObject } from '../protocol/decode-object.ts';
import { respondValue } from '../protocol/respond.ts';
import { writeOptionsOf } from '../protocol/write-options.ts';
import { MASTERS, type User } from '../user.ts';
import type { ResourceRequest } from './resource-request.ts';

/** Questions about identity: they are asked with POST, answered at once, and stored nowhere. */
export async function reviewToken(request: ResourceRequest): Promise<Response> {
  const { deps } = request;
  const review = (await readReview(request)) as KubeObject & { spec?: { token?: string; audiences?: string[] } };
  const token = review.spec?.token ?? '';
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const audiences = review.spec?.audiences?.length ? review.spec.audiences : [deps.config.issuer];
  const found = await authenticateToken(authenticateDeps(deps), token, audiences);
  const status = found ? { authenticated: true, user: userInfo(found.user), audiences: found.audiences } : { user: {}, error: 'invalid bearer token' };
  return answer(request, review, status);
}

export async function reviewSelf(request: ResourceRequest): Promise<Response> {
  const review = await readReview(request);
  review.metadata = { ...review.metadata, creationTimestamp: formatTime(request.deps.clock.now()) };
  return answer(request, review, { userInfo: userInfo(request.user) });
}

export async function reviewOwnRules(request: ResourceRequest): Promise<Response> {
  const review = (await readReview(request)) as KubeObject & { spec?: { namespace?: string } };
  const namespace = review.spec?.namespace ?? '';
  if (namespace === '') throw badRequest('no namespace on request');
  const { deps, user } = request;
  const rules = [...(user.groups.includes(MASTERS) ? EVERYTHING : []), ...(await rulesOfUser(deps.store, user, namespace))];
  const resourceRules = rules.filter((rule) => rule.resources?.length).map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, ...(resourceNames ? { resourceNames } : {}) }));
  const nonResourceRules = rules.filter((rule) => rule.nonResourceURLs?.length).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  return answer(request, { ...review, spec: {} }, { resourceRules, nonResourceRules, incomplete: false });
}

const EVERYTHING: PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** The body, of the kind that the path names. */
export async function readReview(request: ResourceRequest): Promise<KubeObject> {
  const { fieldValidation } = writeOptionsOf(request.query, 'CreateOptions');
  return readObject(request, fieldValidation);
}

export async function answer(request: ResourceRequest, review: KubeObject, status: object): Promise<Response> {
  const { kind, group, version } = request.resource;
  const { metadata, spec } = review;
  return respondValue(request, { kind, apiVersion: `${group}/${version}`, metadata, ...(spec === undefined ? {} : { spec }), status }, 201);
}

function userInfo({ name, uid, groups, extra }: User): object {
  return { username: name, ...(uid === undefined ? {} : { uid }), groups, ...(extra && Object.keys(extra).length > 0 ? { extra } : {}) };
}
