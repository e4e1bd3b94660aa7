/**
 * `GET /zeroplane/v1/nodes/{node}/references`: the present resourceVersion of each ConfigMap and Secret that the node's pods refer to, by
 * `<resource>/<namespace>/<name>`; null where there is none. So a woken agent learns with one request which files it must bring up to date.
 */
export interface NodeReferences {
  versions: Record<string, string | null>;
}
