import { statfs } from 'node:fs/promises';
import type Docker from 'dockerode';
import { withTag } from '../../images/image-reference.ts';
import type { Image, RegistryCredentials } from '../runtime.ts';
import { engineMessage, engineStatus } from './engine-error.ts';

export async function findImage(docker: Docker, reference: string): Promise<Image | undefined> {
  try {
    const { Id, RepoDigests, Size, Config } = await docker.getImage(withTag(reference)).inspect();
    return { id: Id, digest: RepoDigests?.[0] ?? Id, sizeBytes: Size, user: Config.User };
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw new Error(engineMessage(error), { cause: error });
  }
}

export async function removeImage(docker: Docker, reference: string): Promise<boolean> {
  try {
    await docker.getImage(withTag(reference)).remove();
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return true;
    if (engineStatus(error) === 409) return false;
    throw new Error(engineMessage(error), { cause: error });
  }
}

/** Of the file system that the engine keeps its images on. */
export async function imageDiskUse(docker: Docker): Promise<number> {
  const { DockerRootDir } = (await docker.info()) as { DockerRootDir: string };
  const { blocks, bavail, bfree } = await statfs(DockerRootDir);
  const used = blocks - bfree;
  return used / Math.max(1, used + bavail);
}

export async function pullImage(docker: Docker, reference: string, credentials: RegistryCredentials | undefined): Promise<Image> {
  const authconfig = credentials === undefined ? {} : { authconfig: { username: credentials.username, password: credentials.password, serveraddress: credentials.serverAddress } };
  try {
    const progress: NodeJS.ReadableStream = await docker.pull(withTag(reference), authconfig);
    await new Promise<void>((resolve, reject) => docker.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error))));
  } catch (error) {
    throw new Error(engineMessage(error), { cause: error });
  }
  const image = await findImage(docker, reference);
  if (image === undefined) throw new Error(`${reference} was pulled and is not there`);
  return image;
}
