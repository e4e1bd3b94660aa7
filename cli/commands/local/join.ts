import { mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { DEFAULT_INTERVAL_MS, MAX_INTERVAL_SECONDS } from '#api/heartbeat';
import type { NodeCredential } from '#api/management/schemas';
import { Failure } from '#client/failure';
import { answers, DOCKER_SOCKET } from '../../docker.ts';
import { withInstallation } from '../../installation/installation.ts';
import { parseOptions } from '../../options.ts';
import { createProgress } from '../../render/progress.ts';
import { writePrivately } from '../../write-privately.ts';
import { credentialArguments, keepCredential, readCredential } from './node-credential.ts';
import { program } from './program.ts';

export const NODE_DATA_DIR = '/var/lib/zeroplane/node';
const UNIT = '/etc/systemd/system/zeroplane-node.service';
const OLDEST_NODE = 20;

export const NodeDataDir = z
  .string()
  .min(1)
  .default(NODE_DATA_DIR)
  .transform((path) => resolve(path));

const JoinOptions = z.strictObject({
  server: z.url({ protocol: /^https?$/, error: 'must be a URL' }).optional(),
  token: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  runtime: z.enum(['docker', 'simulated'], 'must be docker or simulated').default('docker'),
  dataDir: NodeDataDir,
  caFile: z.string().optional(),
  heartbeatInterval: z.coerce.number('must be a number of seconds').int().min(5).max(MAX_INTERVAL_SECONDS).default(DEFAULT_INTERVAL_MS / 1000),
  writeUnit: z.union([z.literal(true), z.string()]).optional(),
});
type JoinOptions = z.infer<typeof JoinOptions>;

/** Makes this machine a worker of a cluster that is elsewhere. It is asked once; from then on its folder knows the cluster. */
export function joinCommand(): Command {
  return new Command('join')
    .description('make this machine a worker: it runs the agent until it is ended')
    .option('--server <url>', 'the installation')
    .option('--token <token>', 'a join token of it (`zeroplane node token`)')
    .option('--name <name>', "the node's name (default: this machine's)")
    .option('--runtime <name>', 'what runs the pods: docker or simulated (default: docker)')
    .option('--data-dir <dir>', `where the agent keeps its credential and its pods (default: ${NODE_DATA_DIR})`)
    .option('--ca-file <file>', "CA that the installation's certificate is of (default: the machine's own trust)")
    .option('--heartbeat-interval <seconds>', `how often it says that it lives; its death is seen after 2.5 times as long (default: ${DEFAULT_INTERVAL_MS / 1000})`)
    .option('--write-unit [file]', `write a systemd unit that runs it, instead of running it (default: ${UNIT})`)
    .action(async (given: unknown) => joinNode(parseOptions(JoinOptions, given)));
}

async function joinNode(options: JoinOptions): Promise<void> {
  await refuseUnfit(options);
  const progress = createProgress(process.stdout);
  const credential = readCredential(options.dataDir) ?? (await progress.step('Joining the cluster', () => exchange(options)));
  progress.say(`This machine is the node ${credential.node} of the cluster ${credential.cluster.name}, at ${credential.server}`);
  if (options.writeUnit !== undefined) return writeUnit(options.writeUnit === true ? UNIT : resolve(options.writeUnit), options);
  const { main } = await import('#node-agent/main');
  await main([...credentialArguments(options.dataDir, credential), ...agentArguments(options)]);
}

function agentArguments({ runtime, heartbeatInterval }: JoinOptions): string[] {
  return ['--runtime', runtime, '--heartbeat-interval', String(heartbeatInterval)];
}

/** All that is missing, at once. */
async function refuseUnfit({ runtime }: JoinOptions): Promise<void> {
  const isDocker = runtime === 'docker';
  const missing = [
    Number(process.versions.node.split('.')[0]) < OLDEST_NODE ? `Node.js ${OLDEST_NODE} or newer (this is ${process.versions.node})` : '',
    process.platform === 'linux' ? '' : `Linux (this is ${process.platform})`,
    isDocker && process.getuid?.() !== 0 ? 'root: the agent makes network namespaces and mounts' : '',
    isDocker && !(await answers()) ? `a Docker engine that answers at ${DOCKER_SOCKET}` : '',
  ].filter(Boolean);
  if (missing.length > 0) throw new Failure('this machine cannot be a worker yet', { why: `it lacks:\n${missing.map((one) => `- ${one}`).join('\n')}`, fix: 'https://nodejs.org and https://docs.docker.com/engine/install/ say how to install them.' });
}

async function exchange({ server, token, name, dataDir, caFile }: JoinOptions): Promise<NodeCredential> {
  if (server === undefined || token === undefined) throw new Failure('which cluster?', { why: `${dataDir} holds no credential, so --server and --token are needed`, fix: '`zeroplane node token` makes a join token and prints the whole line.' });
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
  const node = name ?? hostname().toLowerCase();
  const given = await withInstallation((manage) => manage('join', { body: { node } }), { server: new URL(server).origin, token, ...(ca === undefined ? {} : { ca }) });
  const credential = { ...(ca === undefined ? {} : { certificateAuthority: ca }), ...given };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  keepCredential(dataDir, credential);
  return credential;
}

function writeUnit(file: string, options: JoinOptions): void {
  const { execArgv, script } = program();
  const command = [process.execPath, ...execArgv, resolve(script), 'node', 'join', '--data-dir', options.dataDir, ...agentArguments(options)];
  writePrivately(file, unitOf(command));
  process.stdout.write(`${file} is written. Start it, now and at each boot:\n\n  systemctl daemon-reload && systemctl enable --now ${file.split('/').at(-1) ?? ''}\n`);
}

// Pods outlive the agent, which finds them again: only its own process is ended with the unit.
function unitOf(command: readonly string[]): string {
  return `[Unit]
Description=zeroplane node agent
After=network-online.target docker.service
Wants=network-online.target

[Service]
ExecStart=${command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/["\\\\]/g, '\\\\$&')}"`)).join(' ')}
Restart=always
RestartSec=5
KillMode=process

[Install]
WantedBy=multi-user.target
`;
}
