import { open } from 'node:fs/promises';
import type Docker from 'dockerode';
import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import { lastLogLines } from '../../logs/last-lines.ts';
import type { ObservedContainer, ObservedPod, ObservedSandbox } from '../runtime.ts';
import { limitsOf } from './create-options.ts';
import { engineStatus } from './engine-error.ts';
import { labelFilter, LABEL, ownerLabels, type Owner } from './labels.ts';

const MAX_TERMINATION_MESSAGE_BYTES = 4096;
const MAX_FALLBACK_MESSAGE_BYTES = 2048;
const MAX_FALLBACK_LINES = 80;

/** What Docker has of a cluster's node, read by labels. What a dead container came to never changes and is read once. */
export class Observation {
  private readonly docker: Docker;
  private readonly owner: Owner;
  private readonly dead = new Map<string, ObservedContainer>();

  constructor(docker: Docker, owner: Owner) {
    this.docker = docker;
    this.owner = owner;
  }

  async pods(only: { podUid?: string } = {}): Promise<ObservedPod[]> {
    const labels = { ...ownerLabels(this.owner), ...(only.podUid === undefined ? {} : { [LABEL.podUid]: only.podUid }) };
    const infos = await this.docker.listContainers({ all: true, filters: { label: labelFilter(labels) } });
    const byUid = new Map<string, ContainerInfo[]>();
    for (const info of infos) {
      const uid = info.Labels[LABEL.podUid] ?? '';
      byUid.set(uid, [...(byUid.get(uid) ?? []), info]);
    }
    if (only.podUid === undefined) this.forgetAllBut(new Set(infos.map((info) => info.Id)));
    return Promise.all([...byUid].map(([uid, own]) => this.pod(uid, own)));
  }

  private async pod(uid: string, infos: ContainerInfo[]): Promise<ObservedPod> {
    const labels = infos[0]?.Labels ?? {};
    const sandboxes = infos.filter((info) => info.Labels[LABEL.role] === 'sandbox');
    const containers = infos.filter((info) => info.Labels[LABEL.role] !== 'sandbox');
    const [observedSandboxes, observedContainers] = await Promise.all([Promise.all(sandboxes.map((info) => this.sandbox(info))), Promise.all(containers.map((info) => this.container(info)))]);
    return {
      uid,
      namespace: labels[LABEL.podNamespace] ?? '',
      name: labels[LABEL.podName] ?? '',
      sandboxes: observedSandboxes.flat().sort((a, b) => b.attempt - a.attempt),
      containers: observedContainers.flat().sort((a, b) => b.attempt - a.attempt),
    };
  }

  private async sandbox({ Id, Labels, Created, State }: ContainerInfo): Promise<ObservedSandbox[]> {
    const attempt = Number(Labels[LABEL.attempt] ?? 0);
    if (State !== 'running') return [{ id: Id, attempt, running: false, pid: 0, createdAtMs: Created * 1000 }];
    const details = await this.details(Id);
    return details === undefined ? [] : [{ id: Id, attempt, running: details.State.Running, pid: details.State.Pid, createdAtMs: Date.parse(details.Created) }];
  }

  private async container({ Id, Labels }: ContainerInfo): Promise<ObservedContainer[]> {
    const known = this.dead.get(Id);
    if (known !== undefined) return [known];
    const details = await this.details(Id);
    if (details === undefined) return [];
    const observed = observedOf(details, Labels);
    if (observed.state !== 'exited') return [observed];
    const terminationMessage = await terminationMessageOf(details, Labels);
    const ended = { ...observed, ...(terminationMessage === '' ? {} : { terminationMessage }) };
    this.dead.set(Id, ended);
    return [ended];
  }

  /** undefined: removed since it was listed. */
  private async details(id: string): Promise<ContainerInspectInfo | undefined> {
    try {
      return await this.docker.getContainer(id).inspect();
    } catch (error) {
      if (engineStatus(error) === 404) return undefined;
      throw error;
    }
  }

  private forgetAllBut(ids: Set<string>): void {
    for (const id of this.dead.keys()) if (!ids.has(id)) this.dead.delete(id);
  }
}

function observedOf({ Id, Created, State, HostConfig }: ContainerInspectInfo, labels: Record<string, string>): ObservedContainer {
  const neverStarted = State.Status === 'created';
  // Docker leaves a container that it could not start as created, with the reason.
  const startError = neverStarted && State.Error !== '' ? State.Error : undefined;
  const state = startError !== undefined ? 'exited' : neverStarted ? 'created' : State.Running ? 'running' : 'exited';
  const createdAtMs = Date.parse(Created);
  return {
    id: Id,
    name: labels[LABEL.container] ?? '',
    attempt: Number(labels[LABEL.attempt] ?? 0),
    state,
    sandboxId: labels[LABEL.sandbox] ?? '',
    image: labels[LABEL.image] ?? '',
    imageId: labels[LABEL.imageId] ?? '',
    specHash: labels[LABEL.specHash] ?? '',
    limits: limitsOf(HostConfig),
    createdAtMs,
    ...(neverStarted ? {} : { startedAtMs: Date.parse(State.StartedAt) }),
    ...(state === 'exited' ? { exitCode: startError === undefined ? State.ExitCode : 128, finishedAtMs: startError === undefined ? Date.parse(State.FinishedAt) : createdAtMs, oomKilled: State.OOMKilled } : {}),
    ...(startError === undefined ? {} : { startError }),
  };
}

async function terminationMessageOf({ State, LogPath }: ContainerInspectInfo, labels: Record<string, string>): Promise<string> {
  const message = await headOf(labels[LABEL.terminationFile]);
  if (message !== '' || labels[LABEL.terminationFromLog] === undefined || State.ExitCode === 0) return message;
  return lastLogLines(LogPath, { lines: MAX_FALLBACK_LINES, bytes: MAX_FALLBACK_MESSAGE_BYTES });
}

async function headOf(file: string | undefined): Promise<string> {
  if (file === undefined) return '';
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_TERMINATION_MESSAGE_BYTES), 0, MAX_TERMINATION_MESSAGE_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
