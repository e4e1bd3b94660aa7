import type Docker from 'dockerode';
import { engineStatus, unlessGone } from './engine-error.ts';
import { labelFilter, LABEL } from './labels.ts';
import { SANDBOX_IMAGE } from './sandbox-image.ts';

/** Every container of one cluster, and the sandbox image where no other cluster uses it. */
export async function removeAllContainers(docker: Docker, clusterUid: string): Promise<void> {
  const infos = await docker.listContainers({ all: true, filters: { label: labelFilter({ [LABEL.cluster]: clusterUid }) } });
  await Promise.all(infos.map((info) => unlessGone(docker.getContainer(info.Id).remove({ force: true, v: true }), [409])));
  try {
    await docker.getImage(SANDBOX_IMAGE).remove();
  } catch (error) {
    // 409: in use.
    if (engineStatus(error) !== 404 && engineStatus(error) !== 409) throw error;
  }
}
