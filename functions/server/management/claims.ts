/**
 * The records of the installation itself are claims of this name, which no cluster's UID can be:
 *
 *     cluster/<name>      a cluster (`cluster-records`)            removed/<uid>   one that is being purged
 *     token/<sha256>      a token for `/v1`                        nodes/<uid>     this cluster has nodes
 *
 * A cluster's own are under its UID, and go with it: `token/`, `join/` (join tokens), `joined/` (nodes).
 */
export const INSTALLATION = 'installation';
