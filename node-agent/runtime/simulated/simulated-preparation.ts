import { roleOf } from '../../sync/container-view.ts';
import { identityOf } from '../../sync/pod-steps.ts';
import { specHashOf } from '../../sync/spec-hash.ts';
import type { Preparation } from '../../sync/preparation.ts';

/** Simulated containers need nothing on the node. */
export function simulatedPreparation(): Preparation {
  return {
    mountVolumes: async () => undefined,
    clean: async () => undefined,
    sweep: async () => undefined,
    containerSpec: async (pod, container, { sandboxId, attempt, image }) => ({
      pod: identityOf(pod),
      name: container.name,
      attempt,
      role: roleOf(pod, container),
      sandboxId,
      specHash: specHashOf(container),
      image: container.image ?? '',
      imageId: image.id,
      imageDigest: image.digest,
      env: [],
      mounts: [],
      tty: false,
      stdin: false,
      stdinOnce: false,
      groups: [],
      privileged: false,
      readOnlyRootFilesystem: false,
      allowPrivilegeEscalation: true,
      capabilities: { add: [], drop: [] },
      hostNetwork: false,
      hostPid: false,
      hostIpc: false,
      sharePid: false,
      terminationMessageFromLog: false,
    }),
  };
}
