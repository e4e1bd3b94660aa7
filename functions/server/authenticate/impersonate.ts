import { badRequest } from '#api/status';
import type { ObjectStore } from '#store/object-store';
import { requireAllowed } from '../authorize/authorize.ts';
import { AUTHENTICATED, serviceAccountOf, serviceAccountUser, type User } from '../user.ts';

/** `kubectl --as`: the request goes on as somebody else, when the real user may impersonate each part of that identity. */
export async function impersonate(store: ObjectStore, user: User, headers: Headers): Promise<User> {
  const wanted = wantedIdentity(headers);
  if (wanted === undefined) return user;
  for (const part of partsOf(wanted)) await requireAllowed(store, { user, access: { verb: 'impersonate', ...part } });
  return completed(wanted);
}

function wantedIdentity(headers: Headers): User | undefined {
  const name = headers.get('impersonate-user') ?? '';
  const groups = (headers.get('impersonate-group') ?? '').split(',').map((group) => group.trim()).filter((group) => group !== '');
  const uid = headers.get('impersonate-uid') ?? '';
  const extra = extraOf(headers);
  if (name === '') {
    if (groups.length > 0 || uid !== '' || Object.keys(extra).length > 0) throw badRequest('requested impersonation details without impersonating a user');
    return undefined;
  }
  return { name, groups, ...(uid === '' ? {} : { uid }), extra };
}

function extraOf(headers: Headers): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  headers.forEach((value, header) => {
    if (header.startsWith('impersonate-extra-')) extra[decodeURIComponent(header.slice('impersonate-extra-'.length))] = value.split(',').map((one) => one.trim());
  });
  return extra;
}

function partsOf(wanted: User): { group: string; resource: string; subresource: string; name: string; namespace: string }[] {
  const part = (group: string, resource: string, name: string) => ({ group, resource, subresource: '', name, namespace: '' });
  const account = serviceAccountOf(wanted.name);
  return [
    account ? { ...part('', 'serviceaccounts', account.name), namespace: account.namespace } : part('', 'users', wanted.name),
    ...wanted.groups.map((group) => part('', 'groups', group)),
    ...(wanted.uid === undefined ? [] : [part('authentication.k8s.io', 'uids', wanted.uid)]),
    ...Object.entries(wanted.extra ?? {}).flatMap(([key, values]) =>
      values.map((value) => ({ ...part('authentication.k8s.io', 'userextras', value), subresource: key })),
    ),
  ];
}

function completed(wanted: User): User {
  const account = serviceAccountOf(wanted.name);
  const implied = account && wanted.groups.length === 0 ? serviceAccountUser(account.namespace, account.name).groups : [];
  return { ...wanted, groups: [...new Set([...wanted.groups, ...implied, AUTHENTICATED])] };
}
