import type { ApiClient } from '#client/api-client';
import { NODES, PODS } from '#client/core-resources';
import { Informer, type Followed } from '#client/informer';
import type { JoinRelay } from '#client/join-relay';
import type { Channel } from './channel/channel.ts';
import { openChannel } from './channel/open-channel.ts';
import type { Clock } from './clock.ts';
import type { ImageGarbage } from './images/image-garbage.ts';
import { pulledImages, type PulledImagesOptions } from './images/pulled-images.ts';
import type { PodNetwork } from './network/pod-network.ts';
import { keepBeating } from './node/heartbeat.ts';
import type { NodeFacts } from './node/node-facts.ts';
import { registerNode, type Node } from './node/node-registration.ts';
import type { Pod } from './pod.ts';
import type { DialInside } from './relay/port-forward.ts';
import { RelayAnswers } from './relay/relay-answers.ts';
import type { Runtime } from './runtime/runtime.ts';
import { statusReporter } from './status/status-reporter.ts';
import { nodeAdmission } from './sync/admission.ts';
import { PodWorkers } from './sync/pod-workers.ts';
import type { Preparation } from './sync/preparation.ts';
import type { Checkpoints, PodEvents } from './sync/sync-deps.ts';
import type { ReferencedObjects } from './volumes/referenced-objects.ts';
import { ReferenceWatch } from './volumes/reference-watch.ts';

export interface AgentOptions {
  client: ApiClient;
  clock: Clock;
  events: PodEvents;
  facts: NodeFacts;
  hostIp: string;
  runtime: Runtime;
  runtimeName: string;
  checkpoints: Checkpoints;
  preparation: Preparation;
  credentials: PulledImagesOptions['credentials'];
  imageGarbage: ImageGarbage | undefined;
  /** The ConfigMaps and Secrets that were read; undefined: pods here are made from none. */
  references: ReferencedObjects | undefined;
  network: PodNetwork;
  /** Where the network has namespaces of its own. */
  dialInside: DialInside;
  /** Where the server takes no connections itself. */
  joinRelay: JoinRelay;
  /** Caches of others (Services, EndpointSlices) that are to be kept fresh with the pods. */
  informers: Followed[];
  heartbeatIntervalMs: number;
  /** How long it may go without a ring before it looks by itself, where it is rung for. */
  lookIntervalMs: number;
  log: (message: string, error?: unknown) => void;
}

export interface Agent {
  /** Ends the agent; the containers go on. */
  stop(): Promise<void>;
}

const RETRY_MS = 1_000;
const RELIST_MS = 60_000;
// A ring that was never sent (its sender died in between) is made up for by the loop; this is for what nobody thought of.
export const DEFAULT_LOOK_INTERVAL_MS = 5 * 60_000;

/** Registers the node, takes over what runs on it, and keeps it as the API wants it until stopped. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { client, clock, log, runtime, facts } = options;
  const stopped = new AbortController();
  const { signal } = stopped;

  const node = await registerNode(client, facts, clock);
  const workers = new PodWorkers({
    ...options,
    images: pulledImages({ runtime, events: options.events, clock, credentials: options.credentials, onUsed: (reference, how) => void options.imageGarbage?.used(reference, how).catch((error: unknown) => log('the pulled images', error)) }),
    statuses: statusReporter({ client, clock, log }),
    refusal: nodeAdmission(node, () => client.get<Node>(NODES, { name: facts.name })),
  });

  const pods = new Informer<Pod>({ client, resource: PODS, select: { fieldSelector: `spec.nodeName=${facts.name}` } });
  const channel = await openChannel({ client, nodeName: facts.name, clock });
  const informers = [pods, ...options.informers];
  // The first of each lists and holds nothing.
  await Promise.all(informers.map((informer) => informer.catchUp(signal)));
  await workers.adopt(pods.items());
  pods.subscribe((seen) => workers.see(seen));

  const relay = new RelayAnswers({ client, nodeName: facts.name, runtime, clock, log, pods: () => pods.items(), dialInside: options.dialInside, joinRelay: options.joinRelay, waitingReason: (podUid, container) => workers.waitingReason(podUid, container) });
  const loops = [
    keepBeating({ client, nodeName: facts.name, clock, intervalMs: options.heartbeatIntervalMs, onFailure: (error) => log('the heartbeat failed', error) }, signal),
    follow(options, { channel, informers: [...informers, ...referenceWatch(options, workers)], relay }, signal),
    watchRuntime(options, workers, signal),
    relist(options, workers, signal),
  ];
  return {
    stop: async () => {
      stopped.abort();
      workers.stop();
      await Promise.all(loops);
    },
  };
}

function referenceWatch({ client, facts, references }: AgentOptions, workers: PodWorkers): Followed[] {
  if (references === undefined) return [];
  return [new ReferenceWatch({ client, nodeName: facts.name, objects: references, isNeeded: () => workers.haveReferences(), onChanged: (keys) => workers.referencesChanged(keys) })];
}

async function follow(options: AgentOptions, { channel, informers, relay }: { channel: Channel | undefined; informers: Followed[]; relay: RelayAnswers }, signal: AbortSignal): Promise<void> {
  const { clock, log, lookIntervalMs } = options;
  const retried = async (what: string, turn: () => Promise<unknown>): Promise<void> => {
    while (!signal.aborted) {
      try {
        await turn();
      } catch (error) {
        if (signal.aborted) return;
        log(what, error);
        await clock.sleep(RETRY_MS, signal);
      }
    }
  };
  if (channel === undefined) {
    await Promise.all(informers.map((informer) => retried('a watch broke', () => informer.follow(signal))));
    return;
  }
  let isRung = true;
  let lookedMs = -Infinity;
  await retried('the channel broke', async () => {
    // Waiting begins before looking, so that a ring in between is not lost.
    const rung = channel.wait(signal);
    rung.catch(() => undefined); // seen below
    // Who asks something of this node rings for it, and does not wait for long.
    const isAsked = isRung;
    isRung = true; // also when this turn fails
    if (isAsked || clock.now() - lookedMs >= lookIntervalMs) {
      lookedMs = clock.now();
      // In their order, the pods first: nothing else is waited for so much.
      await Promise.all([...informers.map((informer) => informer.catchUp(signal)), isAsked ? relay.serve(signal) : undefined]);
    }
    isRung = await rung;
  });
}

async function watchRuntime({ runtime, clock, log }: AgentOptions, workers: PodWorkers, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await runtime.watch((podUid) => workers.poke(podUid), signal);
    } catch (error) {
      if (signal.aborted) return;
      log('the runtime cannot be watched', error);
      await clock.sleep(RETRY_MS, signal);
    }
    // What happened while nobody watched.
    workers.pokeAll();
  }
}

async function relist({ clock, log, imageGarbage }: AgentOptions, workers: PodWorkers, signal: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep(RELIST_MS, signal);
    if (signal.aborted) return;
    await workers.relist().catch((error: unknown) => log('the runtime could not be listed', error));
    const removed = await imageGarbage?.collect().catch((error: unknown) => log('images could not be removed', error));
    if (removed?.length) log(`the disk is short: removed the images ${removed.join(', ')}`);
  }
}
