/** Who asks. */
export interface User {
  name: string;
  uid?: string;
  groups: string[];
  extra?: Record<string, string[]>;
}

export const MASTERS = 'system:masters';
export const NODES = 'system:nodes';
export const AUTHENTICATED = 'system:authenticated';

export const NODE_USER_PREFIX = 'system:node:';

/** The node that a user is, or undefined. */
export function nodeNameOf(user: User): string | undefined {
  return user.groups.includes(NODES) && user.name.startsWith(NODE_USER_PREFIX) ? user.name.slice(NODE_USER_PREFIX.length) : undefined;
}

export function serviceAccountUser(namespace: string, name: string, uid?: string): User {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return { name: `system:serviceaccount:${namespace}:${name}`, ...(uid === undefined ? {} : { uid }), groups };
}

/** `system:serviceaccount:ns:name` taken apart. */
export function serviceAccountOf(userName: string): { namespace: string; name: string } | undefined {
  const [system, kind, namespace, name, ...more] = userName.split(':');
  if (system !== 'system' || kind !== 'serviceaccount' || !namespace || !name || more.length > 0) return undefined;
  return { namespace, name };
}
