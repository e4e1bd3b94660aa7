import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';

export interface NodeImage {
  /** `repository:tag`. */
  name: string;
  /** The program, as the text of one CommonJS file. */
  script: string;
  env?: Record<string, string>;
}

const PROGRAM = 'app.cjs';

/**
 * An image that runs a script with this host's own Node: the binary, the libraries that it is linked with, and the script; nothing is pulled, so no
 * registry is needed. Made again only when it is not there.
 */
export async function ensureNodeImage(docker: Docker, image: NodeImage): Promise<void> {
  if (await exists(docker, image.name)) return;
  const folder = mkdtempSync(join(tmpdir(), 'zeroplane-image-'));
  try {
    writeFileSync(join(folder, PROGRAM), image.script);
    const [repo, tag] = image.name.split(':');
    const changes = [`ENTRYPOINT ["${process.execPath}", "/${PROGRAM}"]`, ...environment(image.env ?? {})];
    // Dereferenced: the libraries' own names are mostly links.
    const tar = spawn('tar', ['--create', '--dereference', '--absolute-names', ...(await hostFiles()), '-C', folder, PROGRAM], { stdio: ['ignore', 'pipe', 'pipe'] });
    const failed = new Promise<never>((_, reject) => {
      tar.on('error', reject);
      tar.on('exit', (code) => code !== 0 && reject(new Error(`tar ended with ${code}`)));
    });
    const imported = docker.importImage(tar.stdout, { repo, tag, changes }).then((progress) => finished(docker, progress));
    await Promise.race([imported, failed]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same image with another environment, which costs nothing but a name. */
export async function deriveImage(docker: Docker, from: string, to: { name: string; env: Record<string, string> }): Promise<void> {
  if (await exists(docker, to.name)) return;
  const [repo, tag] = to.name.split(':');
  const container = await docker.createContainer({ Image: from });
  try {
    await container.commit({ repo, tag, changes: environment(to.env).join('\n') });
  } finally {
    await container.remove();
  }
}

// As in a Dockerfile, where an unquoted value ends at its first space.
function environment(env: Record<string, string>): string[] {
  return Object.entries(env).map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`);
}

async function exists(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

async function hostFiles(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [process.execPath]);
  const libraries = [...stdout.matchAll(/(\/\S+)\s+\(0x/g)].map((match) => match[1] ?? '');
  return [process.execPath, ...libraries].map((path) => join(dirname(path), basename(path)));
}

function finished(docker: Docker, progress: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
  });
}
