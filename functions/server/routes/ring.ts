import type { ApiResource } from '#api/resource';
import type { Revision } from '#ports/table';
import { partitionFor } from '#store/keys';
import type { ServerDeps } from '../deps.ts';

/** Wakes the loop for a commit. The commit stands whatever becomes of the ring: the stream and the tick make up for a lost one. */
export async function ring({ doorbell, store, report }: ServerDeps, stored: ApiResource, revision: Revision): Promise<void> {
  const partition = partitionFor(store.cluster, stored);
  try {
    await doorbell.ring(store.cluster, { partition, revision });
  } catch (error) {
    report({ what: 'the doorbell did not ring', error });
  }
}
