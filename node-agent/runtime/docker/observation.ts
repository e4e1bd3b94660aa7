import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';
import type { Clock } from '../../clock.ts';
import type { ObservedContainer, ObservedPod, ObservedSandbox } from '../runtime.ts';
import { engineStatus } from './engine-error.ts';
import { labelFilter, LABEL, ownerLabels, type Owner } from './labels.ts';
import { observedContainer, observedSandbox, terminationMessageOf, type Details } from './observed.ts';

export interface ObservationOptions {
  docker: Docker;
  owner: Owner;
  clock: Pick<Clock, 'now'>;
}

type Seen = { sandbox: ObservedSandbox } | { container: ObservedContainer };

interface Known {
  id: string;
  labels: Record<string, string>;
  /** undefined: to be looked at. */
  seen: Seen | undefined;
  /** How often it has changed: a look that began before the last change may have found the old state. */
  changes: number;
  /** How many lists had begun when it became known: these need not have it. */
  sinceList: number;
}

/**
 * What Docker has of a cluster's node. Only this agent makes containers with its labels, and Docker tells of each death: so after one list it is known
 * what is there, and a look asks for nothing but what has changed since. When that is in doubt, all is listed again.
 */
export class Observation {
  private readonly options: ObservationOptions;
  private readonly known = new Map<string, Known>();
  private lists = 0;
  private doubts = 1;
  private settledDoubts = 0;
  private settling: Promise<void> | undefined;
  private listBegunMs = 0;

  constructor(options: ObservationOptions) {
    this.options = options;
  }

  /** Whoever hears of all deaths from then on misses none. */
  get sinceMs(): number {
    return this.listBegunMs;
  }

  async pods(): Promise<ObservedPod[]> {
    await this.list();
    const uids = new Set([...this.known.values()].map(podUidOf));
    const pods = await Promise.all([...uids].map((uid) => this.look(uid)));
    return pods.flatMap((pod) => pod ?? []);
  }

  async pod(uid: string): Promise<ObservedPod | undefined> {
    if (this.settledDoubts < this.doubts) await (this.settling ??= this.list().finally(() => (this.settling = undefined)));
    return this.look(uid);
  }

  /** Something may have happened that nobody told. */
  doubt(): void {
    this.doubts++;
  }

  /** Made by us, just now. */
  created(id: string, { Labels: labels = {}, HostConfig = {} }: ContainerCreateOptions): void {
    const State = { Status: 'created', Running: false, Error: '', ExitCode: 0, OOMKilled: false, Pid: 0, StartedAt: '', FinishedAt: '' };
    const details = { Id: id, Created: new Date(this.options.clock.now()).toISOString(), LogPath: '', State, HostConfig };
    this.known.set(id, { id, labels, seen: seenIn(details, labels), changes: 0, sinceList: this.lists });
  }

  changed(id: string): void {
    const known = this.known.get(id);
    if (known === undefined) return;
    known.changes++;
    known.seen = undefined;
  }

  removed(id: string): void {
    this.known.delete(id);
  }

  /** As it is now; undefined: it is gone. */
  async sandbox(id: string): Promise<ObservedSandbox | undefined> {
    const known = this.known.get(id);
    const seen = known === undefined ? undefined : await this.seen(known);
    return seen !== undefined && 'sandbox' in seen ? seen.sandbox : undefined;
  }

  private async list(): Promise<void> {
    const [list, doubts] = [++this.lists, this.doubts];
    this.listBegunMs = this.options.clock.now();
    const infos = await this.options.docker.listContainers({ all: true, filters: { label: labelFilter(ownerLabels(this.options.owner)) } });
    const ids = new Set(infos.map(({ Id }) => Id));
    for (const { id, sinceList } of this.known.values()) if (!ids.has(id) && sinceList < list) this.known.delete(id);
    for (const { Id, Labels } of infos) {
      if (!this.known.has(Id)) this.known.set(Id, { id: Id, labels: Labels, seen: undefined, changes: 0, sinceList: list });
      else if (!this.isDead(Id)) this.changed(Id);
    }
    this.settledDoubts = Math.max(this.settledDoubts, doubts);
  }

  /** What a dead container came to never changes. */
  private isDead(id: string): boolean {
    const seen = this.known.get(id)?.seen;
    return seen !== undefined && 'container' in seen && seen.container.state === 'exited';
  }

  private async look(uid: string): Promise<ObservedPod | undefined> {
    const own = [...this.known.values()].filter((known) => podUidOf(known) === uid);
    const [labels] = own.map((known) => known.labels);
    if (labels === undefined) return undefined;
    const seen = (await Promise.all(own.map((known) => this.seen(known)))).flatMap((one) => one ?? []);
    return {
      uid,
      namespace: labels[LABEL.podNamespace] ?? '',
      name: labels[LABEL.podName] ?? '',
      sandboxes: seen.flatMap((one) => ('sandbox' in one ? [one.sandbox] : [])).sort((a, b) => b.attempt - a.attempt),
      containers: seen.flatMap((one) => ('container' in one ? [one.container] : [])).sort((a, b) => b.attempt - a.attempt),
    };
  }

  /** undefined: it is gone. */
  private async seen(known: Known): Promise<Seen | undefined> {
    if (known.seen !== undefined) return known.seen;
    const { id, labels, changes } = known;
    const details = await this.details(id);
    if (details === undefined) {
      this.removed(id);
      return undefined;
    }
    const seen = seenIn(details, labels);
    if ('container' in seen && seen.container.state === 'exited') {
      const terminationMessage = await terminationMessageOf(details, labels);
      if (terminationMessage !== '') seen.container.terminationMessage = terminationMessage;
    }
    if (known.changes === changes) known.seen = seen;
    return seen;
  }

  private async details(id: string): Promise<Details | undefined> {
    try {
      return await this.options.docker.getContainer(id).inspect();
    } catch (error) {
      if (engineStatus(error) === 404) return undefined;
      throw error;
    }
  }
}

function podUidOf({ labels }: Known): string {
  return labels[LABEL.podUid] ?? '';
}

function seenIn(details: Details, labels: Record<string, string>): Seen {
  return labels[LABEL.role] === 'sandbox' ? { sandbox: observedSandbox(details, labels) } : { container: observedContainer(details, labels) };
}
