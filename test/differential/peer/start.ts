import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Peer } from './client.ts';

/**
 * Builds the real kube-apiserver and etcd where they are missing (about 9 minutes, needs Go), and starts them with empty storage. The folder
 * is to hold nothing else: up.sh starts a controller manager that it finds there, and that would change objects between two steps.
 */
export function startPeer(buildFolder: string, port: number): Peer {
  const data = mkdtempSync(join(tmpdir(), 'peer-'));
  const script = (name: string): string => join(import.meta.dirname, name);
  execFileSync('bash', [script('build.sh'), buildFolder], { stdio: ['ignore', 'inherit', 'inherit'] });
  execFileSync('bash', [script('up.sh'), buildFolder, data, String(port)], { stdio: 'ignore' });
  const peer = connect(port);
  return {
    send: peer.send,
    watch: peer.watch,
    close: () => {
      peer.close();
      for (const pid of readFileSync(join(data, 'pids'), 'utf8').trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
      rmSync(data, { recursive: true, force: true });
    },
  };
}
