import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import type { NodeSettings } from '#api/node-settings';
import type { EndpointSlice, Service } from '#api/schema/kinds.generated';
import { ApiClient } from '#client/api-client';
import { ApiError } from '#client/api-error';
import { systemClock } from '#client/clock';
import { ENDPOINT_SLICES, SERVICES } from '#client/core-resources';
import { httpsTransport } from '#client/https-transport';
import { Informer } from '#client/informer';
import { patientTransport } from '#client/patient-transport';
import type { ServerAddress } from '#client/server-address';
import { startAgent, type Agent, type AgentOptions } from './agent.ts';
import { checkpointFolder, noCheckpoints } from './checkpoint/checkpoint-folder.ts';
import type { Clock } from './clock.ts';
import { dockerPreparation } from './containers/docker-preparation.ts';
import { podEvents } from './events/pod-events.ts';
import { directHost } from './host/direct-host.ts';
import { ImageGarbage } from './images/image-garbage.ts';
import { pullCredentials } from './images/pull-credentials.ts';
import { namespaceDialer } from './network/namespace-dialer.ts';
import { openNodeNetwork } from './network/node-network.ts';
import { simulatedNetwork } from './network/simulated-network.ts';
import { clusterSettings } from './node/cluster-settings.ts';
import { defaultHostIp, nodeFacts } from './node/node-facts.ts';
import { nodeFolders } from './node-folders.ts';
import { settingsFile } from './remove-all.ts';
import { dockerRuntime } from './runtime/docker/docker-runtime.ts';
import type { RuntimeInfo } from './runtime/runtime.ts';
import { simulatedPreparation } from './runtime/simulated/simulated-preparation.ts';
import { simulatedRuntime } from './runtime/simulated/simulated-runtime.ts';
import { apiClaims } from './volumes/claims.ts';
import { referencedObjects } from './volumes/referenced-objects.ts';
import { ServiceAccountTokens } from './volumes/service-account-tokens.ts';

/** All that an agent is told. */
export interface AgentConfig extends ServerAddress {
  nodeName: string;
  dataDir: string;
  runtime: 'docker' | 'simulated';
  /** Default: the machine's first address towards others. */
  hostIp?: string;
  externalIp?: string;
  labels?: Record<string, string>;
  heartbeatIntervalMs: number;
  lookIntervalMs: number;
  dockerSocket?: string;
}

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

/** What both runtimes' agents have in common. */
type Base = Pick<AgentOptions, 'client' | 'clock' | 'events' | 'hostIp' | 'joinRelay' | 'log'> & { config: AgentConfig; settings: NodeSettings };
type Parts = Pick<AgentOptions, 'runtime' | 'runtimeName' | 'network' | 'preparation' | 'checkpoints' | 'credentials' | 'imageGarbage' | 'references' | 'informers' | 'dialInside'> & { info: RuntimeInfo };

/** Chooses the parts by the configuration and starts the agent. */
export async function composeAgent(config: AgentConfig): Promise<Agent> {
  // The name that tools look for among the owners of a pod's status.
  const transport = httpsTransport({ ...config, program: 'kubelet' });
  const clock: Clock = systemClock;
  const hostIp = config.hostIp ?? defaultHostIp();
  const settings = await untilAnswered(clock, () => clusterSettings(new ApiClient(transport.send), config.nodeName));
  const client = new ApiClient(patientTransport({ send: transport.send, maxParallel: settings.maxParallelRequests, sleep: clock.sleep, chance: Math.random }), transport.connect);
  const events = podEvents({ client, nodeName: config.nodeName, clock, suffix: () => randomBytes(8).toString('hex'), log: logLine });
  const base: Base = { client, clock, events, hostIp, joinRelay: transport.joinRelay, config, settings, log: logLine };

  const { info, ...parts } = await (config.runtime === 'docker' ? dockerParts(base) : simulatedParts(base));
  const facts = nodeFacts({ ...config, name: config.nodeName, runtime: info, hostIp, podCidr: settings.podCidr });
  const agent = await startAgent({ ...base, ...parts, facts, heartbeatIntervalMs: config.heartbeatIntervalMs, lookIntervalMs: config.lookIntervalMs });
  return {
    stop: async () => {
      await agent.stop();
      transport.close();
    },
  };
}

/** A server that is not there yet is waited for; one that refuses the token is not. */
async function untilAnswered<T>(clock: Clock, ask: () => Promise<T>): Promise<T> {
  for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, MAX_RETRY_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ApiError && (error.status.code === 401 || error.status.code === 403)) throw error;
      logLine('the server does not answer yet', error);
      await clock.sleep(delayMs);
    }
  }
}

async function dockerParts({ client, clock, events, hostIp, config, settings, log }: Base): Promise<Parts> {
  const folders = nodeFolders(config.dataDir);
  mkdirSync(folders.pods, { recursive: true, mode: 0o750 });
  const host = directHost();
  const docker = new Docker({ socketPath: config.dockerSocket ?? '/var/run/docker.sock' });
  const runtime = dockerRuntime({ docker, owner: { clusterUid: settings.clusterUid, nodeName: config.nodeName }, host, clock });
  const info = await runtime.describe();
  const references = referencedObjects(client, clock);
  const services = new Informer<Service>({ client, resource: SERVICES });
  const slices = new Informer<EndpointSlice>({ client, resource: ENDPOINT_SLICES });
  // What is about to be made on the machine can be removed again without asking the server.
  writeFileSync(settingsFile(config.dataDir), JSON.stringify(settings));
  const network = await openNodeNetwork({ settings, nodeName: config.nodeName, clock, run: host.run, services, slices, log });
  const node = { nodeName: config.nodeName, hostIp, allocatable: { cpu: String(info.cpus), memory: String(info.memoryBytes) }, memoryBytes: info.memoryBytes };
  return {
    runtime,
    info,
    runtimeName: 'docker',
    network,
    dialInside: namespaceDialer(),
    checkpoints: checkpointFolder(folders.pods, log),
    preparation: dockerPreparation({ folders, host, references, claims: apiClaims(client), tokens: new ServiceAccountTokens(client, clock), events, services: () => services.items(), dns: () => network.dns, node }),
    credentials: (pod, image) => pullCredentials({ references, events }, pod, image),
    references,
    imageGarbage: new ImageGarbage({ file: folders.pulledImages, clock, runtime }),
    informers: [services, slices],
  };
}

async function simulatedParts({ clock, settings }: Base): Promise<Parts> {
  const runtime = simulatedRuntime({ clock, id: () => randomUUID().replaceAll('-', ''), cpus: cpus().length, memoryBytes: totalmem() });
  return {
    runtime,
    info: await runtime.describe(),
    runtimeName: 'simulated',
    network: simulatedNetwork(settings.podCidr),
    dialInside: () => Promise.reject(new Error('this pod is simulated: nothing listens in it')),
    checkpoints: noCheckpoints(),
    preparation: simulatedPreparation(),
    credentials: async () => [],
    imageGarbage: undefined,
    references: undefined,
    informers: [],
  };
}

function logLine(message: string, error?: unknown): void {
  process.stderr.write(`${new Date().toISOString()} ${message}${error === undefined ? '' : `: ${inspect(error)}`}\n`);
}
