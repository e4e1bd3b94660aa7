import type { TableColumn } from '../kind-rules.ts';
import type { Node } from '../schema/kinds.generated.ts';
import { ageColumn, column, nameColumn, NONE, UNKNOWN } from './columns.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

export const nodeColumns: TableColumn<Node>[] = [
  nameColumn(),
  column('Status', 'Whether the node can run pods', statusText),
  column('Roles', 'Roles that its labels give it', rolesText),
  ageColumn(),
  column('Version', 'Version of its agent', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
  column('Internal-IP', 'Address within the cluster', (node) => addressOf(node, 'InternalIP'), { wide: true }),
  column('External-IP', 'Address for those outside', (node) => addressOf(node, 'ExternalIP'), { wide: true }),
  column('OS-Image', 'Operating system', ({ status }) => status?.nodeInfo?.osImage || UNKNOWN, { wide: true }),
  column('Kernel-Version', 'Kernel', kernelText, { wide: true }),
  column('Container-Runtime', 'What runs its containers', ({ status }) => status?.nodeInfo?.containerRuntimeVersion || UNKNOWN, { wide: true }),
];

function statusText({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (spec?.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

function rolesText({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return key.length > ROLE_PREFIX.length ? [key.slice(ROLE_PREFIX.length)] : [];
    return key === ROLE_LABEL && value !== '' ? [value] : [];
  });
  return roles.length > 0 ? [...new Set(roles)].sort().join(',') : NONE;
}

function kernelText({ status }: Node): string {
  const { kernelVersion, architecture } = status?.nodeInfo ?? {};
  if (!kernelVersion) return UNKNOWN;
  return architecture ? `${kernelVersion} (${architecture})` : kernelVersion;
}

function addressOf({ status }: Node, type: string): string {
  return status?.addresses?.find((address) => address.type === type)?.address ?? NONE;
}
