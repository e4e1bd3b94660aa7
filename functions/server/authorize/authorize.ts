import type { ObjectStore } from '#store/object-store';
import { MASTERS, nodeNameOf } from '../user.ts';
import { refusal, type Attributes, type Decision } from './attributes.ts';
import { authorizeNode } from './node.ts';
import { authorizeByRoles } from './roles.ts';

/** The order of the authorisers: the first that allows decides; nobody refuses for good, so that roles may widen what a node has. */
export async function authorize(store: ObjectStore, attributes: Attributes): Promise<Decision> {
  const { user } = attributes;
  if (user.groups.includes(MASTERS)) return { allowed: true, reason: '' };
  const node = nodeNameOf(user);
  const byNode = node === undefined ? undefined : await authorizeNode(store, node, attributes);
  if (byNode?.allowed) return byNode;
  const byRoles = await authorizeByRoles(store, attributes);
  return byRoles.allowed ? byRoles : { allowed: false, reason: byNode?.reason ?? byRoles.reason };
}

/** Throws the refusal as kubectl prints it. */
export async function requireAllowed(store: ObjectStore, attributes: Attributes): Promise<void> {
  const decision = await authorize(store, attributes);
  if (!decision.allowed) throw refusal(attributes, decision.reason);
}
