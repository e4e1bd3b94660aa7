import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { DEFAULT_INTERVAL_MS } from '#api/heartbeat';
import { DEFAULT_LOOK_INTERVAL_MS } from './agent.ts';
import { composeAgent, type AgentConfig } from './compose.ts';

/**
 * The agent's own program. The token comes from a file or from ZEROPLANE_TOKEN, never from the command line, which every user of
 * the machine can read.
 */
export async function main(argv: string[]): Promise<void> {
  const agent = await composeAgent(configOf(argv));
  process.stdout.write('agent: ready\n');
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  await agent.stop();
  // Steps that are under way are taken up again by the next agent.
  process.exit(0);
}

function configOf(argv: string[]): AgentConfig {
  const { values } = parseArgs({
    args: argv,
    options: {
      server: { type: 'string' },
      'token-file': { type: 'string' },
      'ca-file': { type: 'string' },
      'insecure-skip-tls-verify': { type: 'boolean', default: false },
      node: { type: 'string', default: hostname() },
      'data-dir': { type: 'string' },
      runtime: { type: 'string', default: 'docker' },
      'host-ip': { type: 'string' },
      'external-ip': { type: 'string' },
      'docker-socket': { type: 'string' },
      'heartbeat-interval': { type: 'string', default: String(DEFAULT_INTERVAL_MS / 1000) },
      'look-interval': { type: 'string', default: String(DEFAULT_LOOK_INTERVAL_MS / 1000) },
    },
  });
  const { server, runtime } = values;
  const token = values['token-file'] === undefined ? process.env['ZEROPLANE_TOKEN'] : readFileSync(values['token-file'], 'utf8').trim();
  if (server === undefined || token === undefined || values['data-dir'] === undefined) throw new Error('usage: agent --server URL --token-file FILE --data-dir DIR [--node NAME] [--ca-file FILE] [--runtime docker|simulated]');
  if (runtime !== 'docker' && runtime !== 'simulated') throw new Error(`--runtime is docker or simulated, not ${runtime}`);
  return {
    server,
    token,
    runtime,
    nodeName: values.node,
    dataDir: values['data-dir'],
    insecureSkipTlsVerify: values['insecure-skip-tls-verify'],
    heartbeatIntervalMs: Number(values['heartbeat-interval']) * 1000,
    lookIntervalMs: Number(values['look-interval']) * 1000,
    ...(values['ca-file'] === undefined ? {} : { ca: readFileSync(values['ca-file'], 'utf8') }),
    ...(values['host-ip'] === undefined ? {} : { hostIp: values['host-ip'] }),
    ...(values['external-ip'] === undefined ? {} : { externalIp: values['external-ip'] }),
    ...(values['docker-socket'] === undefined ? {} : { dockerSocket: values['docker-socket'] }),
  };
}
