import type Docker from 'dockerode';
import type { Clock } from '../../clock.ts';
import type { Host } from '../../host/host.ts';
import type { ProbeHandler, ProbeResult, ProbeTarget, Runtime, RuntimeInfo } from '../runtime.ts';
import { execInContainer } from './container-exec.ts';
import { containerOptions, limitOptions, sandboxOptions } from './create-options.ts';
import { engineMessage, engineStatus, said, unlessGone } from './engine-error.ts';
import { watchEngine } from './engine-events.ts';
import { grpcProbe } from './grpc-probe.ts';
import { findImage, imageDiskUse, pullImage, removeImage } from './image-pull.ts';
import { httpProbe, tcpProbe } from './network-probe.ts';
import type { Owner } from './labels.ts';
import { Observation } from './observation.ts';
import { openAttach, openExec } from './open-process.ts';
import { ensureSandboxImage } from './sandbox-image.ts';
import { startGate } from './start-gate.ts';

export interface DockerRuntimeOptions {
  docker: Docker;
  owner: Owner;
  host: Host;
  clock: Pick<Clock, 'now' | 'sleep'>;
}

/** Docker's engine API. Every call's failure carries Docker's own words. */
export function dockerRuntime({ docker, owner, host, clock }: DockerRuntimeOptions): Runtime {
  const observation = new Observation({ docker, owner, clock });
  // Pods that all miss the sandbox image wait for one making of it.
  let imaging: Promise<void> | undefined;
  const starting = startGate(clock);
  const changing = <T>(id: string, call: Promise<T>): Promise<T> => call.finally(() => observation.changed(id));
  const create = async (options: Docker.ContainerCreateOptions): Promise<string> => {
    // One whose answer was lost may be there all the same.
    const id = await createAnew(docker, options).catch((error: unknown) => {
      observation.doubt();
      throw error;
    });
    observation.created(id, options);
    return id;
  };
  const exec = (containerId: string, command: string[], timeoutMs: number): ReturnType<Runtime['exec']> => execInContainer({ docker, host }, containerId, command, timeoutMs);
  return {
    describe: () => describe(docker),
    list: () => observation.pods(),
    inspect: (podUid) => observation.pod(podUid),
    watch: (onChange, signal) => watchDeaths({ docker, owner, observation }, onChange, signal),

    createSandbox: async (spec) => {
      const options = sandboxOptions(owner, spec);
      try {
        return await create(options);
      } catch (error) {
        if (engineStatus(error) !== 404) throw new Error(engineMessage(error), { cause: error });
        imaging ??= ensureSandboxImage(docker, process.arch).finally(() => (imaging = undefined));
        await imaging;
        return create(options);
      }
    },
    startSandbox: async (id) => {
      await starting('sandbox', () => changing(id, unlessGone(docker.getContainer(id).start())));
      const sandbox = await observation.sandbox(id);
      if (sandbox === undefined) throw new Error(`the sandbox ${id} is gone`);
      return { pid: sandbox.pid };
    },
    createContainer: (spec) => said(create(containerOptions(owner, spec))),
    startContainer: async (id) => void (await starting('container', () => changing(id, said(docker.getContainer(id).start())))),
    resizeContainer: async (id, limits) => void (await changing(id, said(docker.getContainer(id).update(limitOptions(limits))))),
    stopContainer: (id, graceSeconds) => changing(id, unlessGone(docker.getContainer(id).stop({ t: graceSeconds }))),
    removeContainer: async (id) => {
      // 409: it is being removed already.
      await changing(id, unlessGone(docker.getContainer(id).remove({ force: true, v: true }), [409]));
      observation.removed(id);
    },

    findImage: (reference) => findImage(docker, reference),
    pullImage: (reference, credentials) => pullImage(docker, reference, credentials),
    removeImage: (reference) => removeImage(docker, reference),
    diskUse: () => imageDiskUse(docker),
    exec,
    openExec: (containerId, command, options) => openExec({ docker, host, clock }, containerId, command, options),
    openAttach: (containerId, options) => openAttach({ docker }, containerId, options),
    probe: (target, handler, timeoutMs) => probe(target, handler, { timeoutMs, exec }),
    logFile: async (containerId) => {
      const { LogPath } = await docker.getContainer(containerId).inspect();
      return LogPath === '' ? undefined : LogPath;
    },
  };
}

/** One that an agent left behind under the same name was never started: it is made again. */
async function createAnew(docker: Docker, options: Docker.ContainerCreateOptions): Promise<string> {
  try {
    return (await docker.createContainer(options)).id;
  } catch (error) {
    if (engineStatus(error) !== 409 || options.name === undefined) throw error;
    await docker.getContainer(options.name).remove({ force: true, v: true });
    return (await docker.createContainer(options)).id;
  }
}

async function watchDeaths({ docker, owner, observation }: { docker: Docker; owner: Owner; observation: Observation }, onChange: (podUid: string) => void, signal: AbortSignal): Promise<void> {
  const onDeath = (podUid: string, id: string): void => {
    observation.changed(id);
    onChange(podUid);
  };
  try {
    await watchEngine(docker, owner, { sinceMs: observation.sinceMs, onDeath, signal });
  } finally {
    observation.doubt();
  }
}

async function describe(docker: Docker): Promise<RuntimeInfo> {
  const [version, info] = await Promise.all([docker.version(), docker.info() as Promise<{ NCPU: number; MemTotal: number; OperatingSystem: string }>]);
  return { version: `docker://${version.Version}`, kernelVersion: version.KernelVersion ?? '', osImage: info.OperatingSystem, architecture: version.Arch, cpus: info.NCPU, memoryBytes: info.MemTotal };
}

async function probe(target: ProbeTarget, handler: ProbeHandler, { timeoutMs, exec }: { timeoutMs: number; exec: Runtime['exec'] }): Promise<ProbeResult> {
  if (handler.httpGet !== undefined) return httpProbe(target, handler.httpGet, timeoutMs);
  if (handler.tcpSocket !== undefined) return tcpProbe(target, handler.tcpSocket, timeoutMs);
  if (handler.grpc !== undefined) return grpcProbe(target, handler.grpc, timeoutMs);
  if (handler.exec === undefined) return { ok: false, message: 'this kind of probe is not supported' };
  const command = handler.exec.command ?? [];
  const { exitCode, output, timedOut } = await exec(target.containerId, command, timeoutMs);
  if (timedOut) return { ok: false, message: `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s` };
  return { ok: exitCode === 0, message: output };
}
