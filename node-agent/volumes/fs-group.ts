import { stat } from 'node:fs/promises';
import type { HostCommand } from '../network/host-command.ts';
import type { Pod } from '../pod.ts';

const SETGID = 0o2000;
const GROUP_ALL = 0o070;

/**
 * Gives a volume that outlives pods to the pod's fsGroup: what is in it becomes the group's, and what is made in it later too.
 * Containers have had their hands on it: no link is followed.
 */
export async function giveToGroup(run: HostCommand, path: string, { spec }: Pod): Promise<void> {
  const { fsGroup, fsGroupChangePolicy } = spec.securityContext ?? {};
  if (fsGroup === undefined) return;
  if (fsGroupChangePolicy === 'OnRootMismatch') {
    const { gid, mode } = await stat(path);
    if (gid === fsGroup && (mode & SETGID) !== 0 && (mode & GROUP_ALL) === GROUP_ALL) return;
  }
  await run('chown', ['-Rh', `:${fsGroup}`, path]);
  await run('chmod', ['-R', 'g+rwX', path]);
  await run('find', ['-P', path, '-type', 'd', '-execdir', 'chmod', 'g+s', '{}', '+']);
}
