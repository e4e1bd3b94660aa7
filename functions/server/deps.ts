import type { Clock } from '#ports/clock';
import type { Digest } from '#ports/digest';
import type { Doorbell } from '#ports/doorbell';
import type { HttpExchange } from '#ports/http-exchange';
import type { Ids } from '#ports/ids';
import type { NodeChannel } from '#ports/node-channel';
import type { Relay, RelayDoor } from '#ports/relay';
import type { Signer } from '#ports/signer';
import type { Table } from '#ports/table';
import type { ObjectStore } from '#store/object-store';

/** All that the API server of one cluster is made from. */
export interface ServerDeps extends ServerPorts {
  config: ServerConfig;
}

export interface ServerPorts {
  store: ObjectStore;
  /** For claims alone: tokens, heartbeats, addresses. */
  table: Table;
  clock: Clock;
  ids: Ids;
  digest: Digest;
  signer: Signer;
  /** Rung after each commit; it may fail, the stream and the tick make up for it. */
  doorbell: Pick<Doorbell, 'ring'>;
  nodeChannel: Pick<NodeChannel, 'open' | 'wait'>;
  relay?: Relay;
  /** How the proxy subresources speak HTTP over a connection of the relay. */
  exchangeHttp?: HttpExchange;
  /** The agents' end of the relay, where they dial this process. */
  relayDoor?: RelayDoor;
  /** Large lists go out compressed when the client takes it. */
  gzip?: (body: Uint8Array) => Promise<Uint8Array>;
  /** What nobody expected: 500s with their cause, rings that failed. Never holds a token or a Secret. */
  report: (failure: { what: string; error: unknown }) => void;
}

export interface ServerConfig {
  /** The `iss` of service-account tokens, and their default audience. */
  issuer: string;
  /** Where clients reach this API, for discovery documents. */
  externalUrl: string;
  serviceCidr: string;
  /** Of the whole cluster; each node gets a part. */
  podCidr: string;
  /** Where Services of type LoadBalancer get their addresses. */
  loadBalancerCidr: string;
  /** Such as `cluster.local`. */
  clusterDomain: string;
  nodePorts: { from: number; to: number };
  /** What one node asks at once, at most. */
  maxNodeRequests: number;
  /** `<group>/<Kind>` of what controllers serve; a create of anything else is answered with a warning. */
  servedKinds: ReadonlySet<string>;
  watch: WatchLimits;
  /** ServiceAccount admission waits for nothing: without a ServiceAccount a pod is refused. Off where no controller makes them. */
  serviceAccountAdmission: boolean;
}

export interface WatchLimits {
  /** The watch of a client that comes again by itself ends cleanly after this. */
  maxDurationMs: number;
  /** When the client named no timeoutSeconds; on Lambda well before the function ends. */
  defaultDurationMs: number;
  maxWatches: number;
  /** That a client has left is not heard: the budget is the whole cluster's, and who has waited for the end of one object is let go with it. */
  clientsLeaveUnheard: boolean;
  bookmarkIntervalMs: number;
}
