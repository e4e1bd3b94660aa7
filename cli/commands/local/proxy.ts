import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { Failure } from '#client/failure';
import { type Session, withSession } from '../../cluster/session.ts';
import { defaultDataDir, parseOptions, Port } from '../../options.ts';
import { writePrivately } from '../../write-privately.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';
import { interrupted } from '../interrupted.ts';

const ProxyOptions = z.strictObject({ ...CLUSTER_OPTIONS, port: Port.optional(), writeKubeconfig: z.string().min(1).default(() => join(defaultDataDir(), 'proxy.kubeconfig')) });

export function proxyCommand(): Command {
  return clusterCommand('proxy')
    .description('A local endpoint of a cluster whose API upgrades no connections (on AWS), for kubectl exec, attach, cp and port-forward.')
    .option('--port <n>', 'port of 127.0.0.1 to listen on (default: a free one)')
    .option('--write-kubeconfig <file>', 'the kubeconfig that is made for it (default: ~/.zeroplane/proxy.kubeconfig)')
    .action(async (given: unknown) => {
      const options = parseOptions(ProxyOptions, given);
      await withSession(options, (session) => serve(session, options));
    });
}

async function serve({ address, namespace }: Session, { port, writeKubeconfig }: z.infer<typeof ProxyOptions>): Promise<void> {
  const { token } = address;
  if (token === undefined) throw new Failure('this cluster is spoken to without a token', { why: 'The proxy has no rights of its own: it passes on the token of whoever asks.', fix: 'Use a kubeconfig whose user has a token.' });
  const { startProxy } = await import('#local/proxy');
  const proxy = await startProxy({ server: { ...address, token }, namespace, ...(port === undefined ? {} : { port }) });
  const file = resolve(writeKubeconfig);
  writePrivately(file, proxy.kubeconfig);
  process.stdout.write(`Proxy of ${address.server} at ${proxy.url}\n\n  export KUBECONFIG=${file}\n`);
  await interrupted();
  await proxy.close();
}
