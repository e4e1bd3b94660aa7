import { Command } from 'commander';
import { z } from 'zod';

/** What every command that speaks to a cluster takes. */
export const CLUSTER_OPTIONS = {
  kubeconfig: z.string().optional(),
  context: z.string().optional(),
  dataDir: z.string().optional(),
  namespace: z.string().min(1).optional(),
};

export function clusterCommand(name: string): Command {
  return new Command(name)
    .option('-n, --namespace <name>', "the objects' namespace (default: the context's)")
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--kubeconfig <file>', 'which cluster (default: KUBECONFIG, ~/.zeroplane/kubeconfig, ~/.kube/config)')
    .option('--data-dir <dir>', "a cluster of this machine, by its folder");
}
