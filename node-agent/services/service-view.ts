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
  /** Addresses besides the cluster IP at which this node answers: load balancer ingress and externalIPs. */
  extraIps: string[];
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
  targets: { ip: string; port: number }[];
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
