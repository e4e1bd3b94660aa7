import type { ApiResource } from '#api/resource';
import type { Revision } from '#ports/table';
import { partitionFor } from '#store/keys';
import { isShortLived } from '#store/short-lived';
import type { ServerDeps } from '../deps.ts';

/** Wakes the loop for a commit. What is short-lived is no controller's business. The commit stands whatever becomes of the ring: the stream and the tick make up for a lost one. */
export async function ring({ doorbell, store, report }: ServerDeps, stored: ApiResource, revision: Revision): Promise<void> {
  const partition = partitionFor(store.cluster, stored);
  if (isShortLived(partition)) return;
  try {
    await doorbell.ring(store.cluster, { partition, revision });
  } catch (error) {
    report({ what: 'the doorbell did not ring', error });
  }
}
