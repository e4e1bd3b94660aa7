import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { engineStatus } from '#node-agent/runtime/docker/engine-error';

export const BUSYBOX = 'zeroplane-test/busybox:2';
const APPLETS = ['sh', 'cat', 'echo', 'sleep', 'ls', 'env', 'hostname', 'stat', 'id', 'touch', 'mkdir', 'kill', 'nc', 'httpd', 'nslookup', 'wget', 'tail', 'seq', 'tar', 'rm', 'sha256sum'];

/** A small image of Debian's static busybox, without a registry. */
export async function ensureBusyboxImage(docker = new Docker()): Promise<void> {
  try {
    await docker.getImage(BUSYBOX).inspect();
    return;
  } catch (error) {
    if (engineStatus(error) !== 404) throw error;
  }
  const root = mkdtempSync(join(tmpdir(), 'busybox-'));
  try {
    mkdirSync(join(root, 'bin'));
    mkdirSync(join(root, 'tmp'));
    cpSync(execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim(), join(root, 'bin/busybox'), { dereference: true });
    for (const applet of APPLETS) symlinkSync('busybox', join(root, 'bin', applet));
    const archive = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
    execFileSync('docker', ['import', '-', BUSYBOX], { input: archive, stdio: ['pipe', 'ignore', 'inherit'] });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
