import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import type { ServerAddress } from '#client/server-address';
import { ensureSandboxImage, SANDBOX_IMAGE } from '#node-agent/runtime/docker/sandbox-image';

export interface PeerNode {
  address: ServerAddress;
  close(): void;
}

const PORT = 17_120;
/** The address of the bridge that node.sh makes. */
const SERVER = `https://10.199.77.1:${PORT}`;

/**
 * A real one-node cluster over containerd, which knows this image of the Docker engine, and our sandbox as its own. Its parts must have been built (`build.sh FOLDER
 * kube-apiserver etcd kube-controller-manager kube-scheduler kubelet kube-proxy`); needs root, and Debian's containernetworking-plugins.
 */
export async function startPeerNode(buildFolder: string, image: string): Promise<PeerNode> {
  const data = mkdtempSync(join(tmpdir(), 'peer-node-'));
  const images = join(data, 'images.tar');
  const script = join(import.meta.dirname, 'node.sh');
  await ensureSandboxImage(new Docker(), process.arch);
  execFileSync('docker', ['save', '--output', images, image, SANDBOX_IMAGE]);
  const close = (): void => {
    execFileSync('bash', [script, 'down', data], { stdio: 'ignore' });
    execFileSync('ip', ['link', 'del', 'peer0']);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    execFileSync('bash', [script, buildFolder, data, String(PORT)], { env: { ...process.env, IMAGES: images, SANDBOX_IMAGE: `docker.io/${SANDBOX_IMAGE}` }, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    close();
    throw error;
  }
  return { address: { server: SERVER, token: 'peer-admin-token', insecureSkipTlsVerify: true }, close };
}
