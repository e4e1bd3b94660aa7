import type { Container } from '#api/schema/kinds.generated';
import type { Pod } from '../pod.ts';
import type { ContainerSpec, Image } from '../runtime/runtime.ts';

type Security = Pick<ContainerSpec, 'groups' | 'privileged' | 'readOnlyRootFilesystem' | 'allowPrivilegeEscalation' | 'capabilities' | 'user' | 'filterSystemCalls'>;

/** The container's own securityContext over the pod's. Throws when it demands a user other than root and would be root. */
export function securityOf(pod: Pod, container: Container, image: Image): Security {
  const outer = pod.spec.securityContext ?? {};
  const own = container.securityContext ?? {};
  const runAsUser = own.runAsUser ?? outer.runAsUser;
  const runAsGroup = own.runAsGroup ?? outer.runAsGroup;
  if ((own.runAsNonRoot ?? outer.runAsNonRoot) === true) refuseRoot(pod, container, { runAsUser, imageUser: image.user });
  const user = runAsUser === undefined ? (runAsGroup === undefined ? undefined : `${image.user === '' ? '0' : image.user.split(':')[0]}:${runAsGroup}`) : `${runAsUser}${runAsGroup === undefined ? '' : `:${runAsGroup}`}`;
  return {
    ...(user === undefined ? {} : { user }),
    groups: [...(outer.supplementalGroups ?? []), ...(outer.fsGroup === undefined ? [] : [outer.fsGroup])].map(String),
    privileged: own.privileged === true,
    readOnlyRootFilesystem: own.readOnlyRootFilesystem === true,
    filterSystemCalls: isFiltered(pod, container),
    allowPrivilegeEscalation: own.allowPrivilegeEscalation !== false,
    capabilities: { add: own.capabilities?.add ?? [], drop: own.capabilities?.drop ?? [] },
  };
}

/** Without a profile nothing is filtered, as a kubelet has it by default. */
function isFiltered({ spec }: Pod, { securityContext }: Container): boolean {
  return securityContext?.privileged !== true && (securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile)?.type === 'RuntimeDefault';
}

function refuseRoot(pod: Pod, container: Container, { runAsUser, imageUser }: { runAsUser: number | undefined; imageUser: string }): void {
  const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${container.name})`;
  if (runAsUser === 0) throw new Error(`container's runAsUser breaks non-root policy ${where}`);
  if (runAsUser !== undefined) return;
  const [name = ''] = imageUser.split(':');
  if (name === '' || name === '0' || name === 'root') throw new Error(`container has runAsNonRoot and image will run as root ${where}`);
  if (!/^\d+$/.test(name)) throw new Error(`container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root ${where}`);
}
