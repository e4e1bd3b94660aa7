import type { Access } from '#core/rbac';
import { forbidden, StatusError } from '#api/status';
import type { RequestInfo } from '../request-info.ts';
import type { User } from '../user.ts';

/** What an authoriser decides over. `fieldSelector` is what a list or watch narrows itself to. */
export interface Attributes {
  user: User;
  access: Access;
  fieldSelector?: string;
}

export interface Decision {
  allowed: boolean;
  /** Shown in access reviews, and to who is refused. */
  reason: string;
}

export function accessOf(info: RequestInfo): Access {
  if (!info.isResource) return { verb: info.verb, path: info.path };
  const { verb, group, resource, subresource, name, namespace } = info;
  return { verb, group, resource, subresource, name, namespace };
}

/** The refusal as kubectl prints it. */
export function refusal({ user, access }: Attributes, reason: string): StatusError {
  const why = reason === '' ? '' : `: ${reason}`;
  if ('path' in access) return new StatusError(403, 'Forbidden', `forbidden: User "${user.name}" cannot ${access.verb} path "${access.path}"${why}`, {});
  const { verb, group, resource, subresource, name, namespace } = access;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return forbidden({ group, resource }, name, `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}${why}`);
}
