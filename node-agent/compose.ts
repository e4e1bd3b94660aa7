import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ApiClient } from '#client/api-client';
import { httpsTransport, type ServerAddress } from '#client/https-transport';
import { startAgent, type Agent } from './agent.ts';
import { noCheckpoints } from './checkpoint/checkpoint-folder.ts';
import { systemClock } from './clock.ts';
import { simulatedNetwork } from './network/simulated-network.ts';
import { defaultHostIp, nodeFacts } from './node/node-facts.ts';
import { simulatedPreparation } from './runtime/simulated/simulated-preparation.ts';
import { simulatedRuntime } from './runtime/simulated/simulated-runtime.ts';

/** All that an agent is told. */
export interface AgentConfig extends ServerAddress {
  nodeName: string;
  dataDir: string;
  runtime: 'docker' | 'simulated';
  /** Default: the machine's first address towards others. */
  hostIp?: string;
  externalIp?: string;
  /** Proposed for a node that has none yet. */
  podCidr?: string;
  labels?: Record<string, string>;
  heartbeatIntervalMs?: number;
}

const DEFAULT_POD_CIDR = '10.244.0.0/24';
const DEFAULT_HEARTBEAT_MS = 20_000;

/** Chooses the parts by the configuration and starts the agent. */
export async function composeAgent(config: AgentConfig): Promise<Agent> {
  mkdirSync(join(config.dataDir, 'pods'), { recursive: true });
  const transport = httpsTransport(config);
  const client = new ApiClient(transport.send);
  const clock = systemClock();
  const hostIp = config.hostIp ?? defaultHostIp();
  const runtime = simulatedRuntime({ clock, id: () => randomUUID().replaceAll('-', ''), cpus: cpus().length, memoryBytes: totalmem() });
  const facts = nodeFacts({ ...config, name: config.nodeName, runtime: await runtime.describe(), hostIp, podCidr: config.podCidr ?? DEFAULT_POD_CIDR });
  const agent = await startAgent({
    client,
    clock,
    suffix: () => randomBytes(8).toString('hex'),
    facts,
    hostIp,
    runtime,
    runtimeName: 'simulated',
    checkpoints: noCheckpoints(),
    preparation: simulatedPreparation(),
    credentials: async () => undefined,
    openNetwork: async (podCidr) => simulatedNetwork(podCidr ?? DEFAULT_POD_CIDR),
    informers: [],
    heartbeatIntervalMs: config.heartbeatIntervalMs ?? DEFAULT_HEARTBEAT_MS,
    log: logLine,
  });
  return {
    stop: async () => {
      await agent.stop();
      transport.close();
    },
  };
}

function logLine(message: string, error?: unknown): void {
  const cause = error === undefined ? '' : `: ${inspect(error)}`;
  process.stderr.write(`${new Date().toISOString()} ${message}${cause}\n`);
}
