/**
 * What the rules and the cluster DNS need to know of Services: a narrow reading of the API objects, so that both are pure functions of it.
 */
export interface ServiceView {
  services: ServiceFacts[];
}

export interface ServiceFacts {
  namespace: string;
  name: string;
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** Empty for headless and ExternalName ones. */
  clusterIps: string[];
  headless: boolean;
  externalName?: string;
  /** Addresses besides the cluster IP at which this node answers. */
  externalIps: string[];
  /** As the load balancer's status gives them; `sourceRanges`: who may come by them, everybody when empty. */
  ingressIps: string[];
  sourceRanges: string[];
  /** How long a client stays with its endpoint after its last new connection. */
  affinitySeconds?: number;
  ports: ServicePortFacts[];
  /** Behind `publishNotReadyAddresses`, DNS names unready endpoints too. */
  publishNotReady: boolean;
  endpoints: EndpointFacts[];
}

export interface ServicePortFacts {
  name: string;
  protocol: 'TCP' | 'UDP' | 'SCTP';
  port: number;
  nodePort?: number;
  /** Where it goes: of all endpoints that may get traffic. */
  targets: Target[];
  /** Those of them that are on this node, for what the policies say stays here. */
  localTargets: Target[];
  internalLocal: boolean;
  externalLocal: boolean;
}

export interface Target {
  ip: string;
  port: number;
}

export interface EndpointFacts {
  ip: string;
  ready: boolean;
  terminating: boolean;
  /** Of the pod that it is, if one. */
  podUid?: string;
  hostname?: string;
  ports: { name: string; protocol: string; port: number }[];
}
