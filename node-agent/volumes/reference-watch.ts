import type { NodeReferences } from '#api/node-references';
import type { ApiClient } from '#client/api-client';
import { isNotFound } from '#client/api-error';
import type { Followed } from '#client/informer';
import type { ReferencedObjects } from './referenced-objects.ts';

export interface ReferenceWatchOptions {
  client: ApiClient;
  nodeName: string;
  objects: Pick<ReferencedObjects, 'outdated'>;
  /** Whether any pod here refers to anything: else there is nothing to ask. */
  isNeeded(): boolean;
  /** `<resource>/<namespace>/<name>` of each that is not what was read last. */
  onChanged(keys: string[]): void;
}

/** Notices that ConfigMaps and Secrets of this node's pods have changed, with one request after a wake. */
export class ReferenceWatch implements Followed {
  private readonly options: ReferenceWatchOptions;
  private isServed = true;

  constructor(options: ReferenceWatchOptions) {
    this.options = options;
  }

  async catchUp(): Promise<void> {
    const { client, nodeName, objects, isNeeded, onChanged } = this.options;
    if (!this.isServed || !isNeeded()) return;
    try {
      const { versions } = await client.json<NodeReferences>('GET', `/zeroplane/v1/nodes/${nodeName}/references`);
      const changed = await objects.outdated(versions);
      if (changed.length > 0) onChanged(changed);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.isServed = false; // a plain Kubernetes API server: the look that is taken every minute finds the changes
    }
  }

  /** A server that lets watches be held is a plain one. */
  async follow(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
  }
}
