/** The flags that every command of a cluster takes; they may also stand before the verb. */
export const CLUSTER_FLAGS = ['-n', '--namespace', '--context', '--kubeconfig', '--data-dir'];
