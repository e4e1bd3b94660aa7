import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '#client/failure';
import type { Progress } from './render/progress.ts';

export const DOCKER_SOCKET = '/var/run/docker.sock';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 250;

/**
 * Makes sure that a Docker engine answers. Where it is missing and we are root on a Debian-like system it is installed, after saying so;
 * where it is installed and does not run, it is started; elsewhere the failure says what to do.
 */
export async function ensureDocker(progress: Progress): Promise<void> {
  if (await answers()) return;
  if (process.getuid?.() !== 0) {
    throw new Failure('Docker does not answer', {
      why: `nothing listens on ${DOCKER_SOCKET}, and only root can install or start it`,
      fix: 'Install and start Docker Engine (https://docs.docker.com/engine/install/), or run the same command with sudo.',
    });
  }
  if (!findProgram('dockerd')) await install(progress);
  await progress.step('Starting the Docker engine', start);
}

export function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath: DOCKER_SOCKET, path: '/_ping', timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

async function install(progress: Progress): Promise<void> {
  if (!existsSync('/etc/debian_version')) {
    throw new Failure('Docker is not installed', {
      why: 'this is not a Debian-like system, so zeroplane does not know how to install it',
      fix: 'Install Docker Engine for your distribution: https://docs.docker.com/engine/install/',
    });
  }
  progress.say('Docker is not installed: installing the Debian packages docker.io and iptables with apt-get.');
  await progress.step('Installing Docker', async (say) => {
    say('apt-get update');
    await run('apt-get', ['update', '-qq']);
    say('apt-get install docker.io');
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'docker.io', 'iptables', 'iproute2', 'conntrack', 'ca-certificates']);
  });
}

async function start(say: (detail: string) => void): Promise<void> {
  if (existsSync('/run/systemd/system')) await run('systemctl', ['start', 'docker']);
  else spawn('dockerd', [], { detached: true, stdio: 'ignore' }).unref();
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (!(await answers())) {
    if (Date.now() > deadlineMs) throw new Failure('the Docker engine does not start', { fix: 'Run `dockerd` by hand and look at what it prints.' });
    say(`waiting for ${DOCKER_SOCKET}`);
    await sleep(POLL_MS);
  }
}

function findProgram(name: string): boolean {
  return ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) => existsSync(`${folder}/${name}`));
}

function run(command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    let printed = '';
    child.stderr.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-2000);
    });
    child.on('error', (cause) => reject(new Failure(`${command} could not be started`, { cause })));
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Failure(`${command} ${args[0] ?? ''} failed`, { why: printed.trim() }));
    });
  });
}
