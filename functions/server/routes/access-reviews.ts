import type { FieldError } from '#api/field-error';
import type { KubeObject } from '#api/object';
import { invalid } from '#api/status';
import type { Access } from '#core/rbac';
import { authorize } from '../authorize/authorize.ts';
import type { User } from '../user.ts';
import type { ResourceRequest } from './resource-request.ts';
import { answer, readReview } from './reviews.ts';

interface AccessReview extends KubeObject {
  spec?: {
    resourceAttributes?: ResourceAttributes | null;
    nonResourceAttributes?: { path?: string; verb?: string } | null;
    user?: string;
    uid?: string;
    groups?: string[];
    extra?: Record<string, string[]>;
  };
}

interface ResourceAttributes {
  namespace?: string;
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  name?: string;
}

/** "May they?": about anybody, anybody in one namespace, or oneself. */
export async function reviewAccess(request: ResourceRequest): Promise<Response> {
  const review = (await readReview(request)) as AccessReview;
  requireValid([...attributesErrors(review), ...userErrors(review)]);
  return decide(request, review, subjectOf(review));
}

export async function reviewLocalAccess(request: ResourceRequest): Promise<Response> {
  const review = (await readReview(request)) as AccessReview;
  const namespace = review.spec?.resourceAttributes?.namespace ?? '';
  const local: FieldError[] =
    namespace === request.info.namespace
      ? []
      : [{ type: 'FieldValueInvalid', field: 'spec.resourceAttributes.namespace', message: `Invalid value: ${JSON.stringify(namespace)}: must match metadata.namespace` }];
  requireValid([...attributesErrors(review), ...userErrors(review), ...local]);
  review.metadata = { ...review.metadata, namespace: request.info.namespace };
  return decide(request, review, subjectOf(review));
}

export async function reviewOwnAccess(request: ResourceRequest): Promise<Response> {
  const review = (await readReview(request)) as AccessReview;
  requireValid(attributesErrors(review));
  return decide(request, review, request.user);
}

async function decide(request: ResourceRequest, review: AccessReview, user: User): Promise<Response> {
  const { allowed, reason } = await authorize(request.deps.store, { user, access: accessOf(review) });
  return answer(request, review, { allowed, ...(reason === '' ? {} : { reason }) });
}

function accessOf({ spec }: AccessReview): Access {
  const path = spec?.nonResourceAttributes;
  if (path) return { verb: path.verb ?? '', path: path.path ?? '' };
  const { namespace = '', verb = '', group = '', resource = '', subresource = '', name = '' } = spec?.resourceAttributes ?? {};
  return { verb, group, resource, subresource, name, namespace };
}

function subjectOf({ spec }: AccessReview): User {
  return { name: spec?.user ?? '', groups: spec?.groups ?? [], ...(spec?.uid ? { uid: spec.uid } : {}), ...(spec?.extra ? { extra: spec.extra } : {}) };
}

function attributesErrors({ spec }: AccessReview): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec ?? {};
  if (resource && path) {
    const value = JSON.stringify({ Path: path.path ?? '', Verb: path.verb ?? '' });
    return [{ type: 'FieldValueInvalid', field: 'spec.nonResourceAttributes', message: `Invalid value: ${value}: cannot be specified in combination with resourceAttributes` }];
  }
  if (resource || path) return [];
  const message = 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [{ type: 'FieldValueInvalid', field: 'spec.resourceAttributes', message }];
}

function userErrors({ spec }: AccessReview): FieldError[] {
  if (spec?.user || spec?.groups?.length) return [];
  return [{ type: 'FieldValueInvalid', field: 'spec.user', message: 'Invalid value: "": at least one of user or group must be specified' }];
}

// The kind is left out of the text, as in Kubernetes.
function requireValid(errors: FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'authorization.k8s.io', kind: '' }, '', errors);
}
