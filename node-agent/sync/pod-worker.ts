import { errorText } from '#api/error-text';
import type { ContainerStatus } from '#api/schema/kinds.generated';
import { afterRetry } from '../back-off/back-off.ts';
import type { Pod } from '../pod.ts';
import { ContainerProbes } from '../probes/container-probes.ts';
import type { ObservedPod } from '../runtime/runtime.ts';
import { podStatus } from '../status/pod-status.ts';
import type { Problem } from '../status/container-status.ts';
import { allContainers, liveSandbox, newestOf } from './container-view.ts';
import { planPod, planTermination, type PodPlan, type PodView } from './plan.ts';
import type { PodMemory } from './pod-memory.ts';
import { graceSecondsOf, killContainer, makeSandbox, probeTarget, startContainer, type Sandbox } from './pod-steps.ts';
import { StartProblem } from './preparation.ts';
import type { PodEvent, SyncDeps } from './sync-deps.ts';

const FORCED_GRACE_SECONDS = 1;
const RETRY_MS = 5_000;
const RESIZE_RETRY_MS = 10_000;

/**
 * One pod on this node, from its binding to its end. Level-triggered: each round looks at what is there, decides purely, begins the
 * steps and reports. Steps run beside the rounds (a container with a step under way is busy), and each one's end is a reason for the next round.
 */
export class PodWorker {
  pod: Pod;
  private readonly deps: SyncDeps;
  private readonly memory: PodMemory;
  private readonly onGone: () => void;
  private readonly neighbours: () => Pod[];
  private isAdmitted: boolean;
  private readonly busy = new Set<string>();
  /** Of the busy: nothing is there of them yet. They may pull for long, and hold up no deletion. */
  private readonly preparing = new Set<string>();
  private readonly problems = new Map<string, Problem>();
  private readonly blocked = new Map<string, number>();
  private readonly probes = new Map<string, ContainerProbes>();
  private readonly resized = new Map<string, string>();
  private readonly announcedBackOffs = new Set<string>();
  private sandbox: Sandbox | undefined;
  /** New to this node: there is nothing to look at yet. */
  private fresh: boolean;
  private networkReady = false;
  /** The API object is gone: nobody is to be told any more. */
  private removed = false;
  private released = false;
  private stopped = false;
  private statuses: ContainerStatus[] = [];
  private dirty = false;
  private running: Promise<void> | undefined;
  private alarm = new AbortController();
  private refreshing: Promise<void> = Promise.resolve();

  constructor(deps: SyncDeps, pod: Pod, { memory, fresh, neighbours, onGone }: { memory: PodMemory; fresh: boolean; neighbours: () => Pod[]; onGone: () => void }) {
    this.fresh = fresh;
    this.deps = deps;
    this.pod = pod;
    this.memory = memory;
    this.onGone = onGone;
    this.neighbours = neighbours;
    // One that has an address was admitted by an agent that did not come to report it.
    this.isAdmitted = pod.status?.startTime !== undefined || memory.podIp !== undefined;
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') this.memory.finalPhase = phase;
  }

  get uid(): string {
    return this.pod.metadata.uid ?? '';
  }

  /** It holds resources and ports of the node. */
  get takesPlace(): boolean {
    return this.isAdmitted && !this.removed && this.memory.finalPhase === undefined;
  }

  /** The pod as the server has it now. */
  update(pod: Pod): void {
    const before = this.pod;
    this.pod = pod;
    if (pod.metadata.annotations !== undefined) this.deps.runtime.direct?.(this.uid, pod.metadata.annotations);
    const hastened = before.metadata.deletionTimestamp !== undefined && graceSecondsOf(pod) < graceSecondsOf(before);
    if (hastened) this.hasten(graceSecondsOf(pod));
    if (!isOwnEcho(before, pod)) this.poke();
    if (isRelabelled(before, pod)) void this.refresh();
  }

  /** The pod is no longer in the API: what runs of it ends now. */
  remove(): void {
    this.removed = true;
    this.hasten(FORCED_GRACE_SECONDS);
    this.poke();
  }

  /** Something may have changed. Rounds do not overlap; what is poked meanwhile is looked at in one more. */
  poke(): void {
    if (this.stopped) return;
    this.dirty = true;
    this.running ??= this.rounds().finally(() => {
      this.running = undefined;
      if (this.dirty) this.poke();
    });
  }

  /** What a container that does not run waits for. */
  waitingReason(container: string): string | undefined {
    return this.statuses.find((status) => status.name === container)?.state?.waiting?.reason;
  }

  /** Brings the volumes' files up to date with what they are made from, and looks at the pod again. */
  async refresh(): Promise<void> {
    // What waited for a ConfigMap, a Secret or a volume may find it now.
    for (const [name, { reason }] of this.problems) if (reason === 'CreateContainerConfigError') this.blocked.delete(name);
    this.poke();
    this.refreshing = this.refreshing.then(async () => {
      const isSettled = this.terminating || this.released || liveSandbox(await this.deps.runtime.inspect(this.uid)) === undefined;
      if (!isSettled) await this.deps.preparation.mountVolumes(this.pod);
    }).catch((error: unknown) => {
      // What its events tell already.
      if (!(error instanceof StartProblem)) this.deps.log(`volumes of pod ${this.pod.metadata.namespace}/${this.pod.metadata.name}`, error);
    });
    await this.refreshing;
  }

  /** The agent ends; the containers go on. */
  stop(): void {
    this.stopped = true;
    this.alarm.abort();
    for (const probes of this.probes.values()) probes.stop();
  }

  private async rounds(): Promise<void> {
    while (this.dirty && !this.stopped) {
      this.dirty = false;
      try {
        await this.round();
      } catch (error) {
        this.deps.log(`pod ${this.pod.metadata.namespace}/${this.pod.metadata.name}: will be tried again`, error);
        this.wakeAt(this.deps.clock.now() + RETRY_MS);
      }
    }
  }

  private async round(): Promise<void> {
    const observed = this.fresh ? undefined : await this.deps.runtime.inspect(this.uid);
    this.fresh = false;
    if (!this.isAdmitted && !this.terminating) await this.admit();
    this.recall(observed);
    this.watchOver(observed);
    const view: PodView = { pod: this.pod, observed, memory: this.memory, health: this.health(), resized: this.resized, busy: this.isEnding ? this.steps : this.busy, blockedUntilMs: this.blocked, nowMs: this.deps.clock.now() };
    const plan = this.terminating ? planTermination(view) : planPod(view);
    if (plan.failure !== undefined) this.fail(plan.failure);
    if (this.stopped) return;
    await this.apply(plan, observed);
    this.report(plan, observed);
    if (plan.settled) await this.settle(observed);
    if (plan.wakeAtMs !== undefined) this.wakeAt(plan.wakeAtMs);
  }

  /** Nothing of it is started any more. */
  private get isEnding(): boolean {
    return this.terminating || this.memory.finalPhase !== undefined;
  }

  /** The busy of which something is there, or is about to be. */
  private get steps(): ReadonlySet<string> {
    return new Set([...this.busy].filter((name) => !this.preparing.has(name)));
  }

  private async admit(): Promise<void> {
    const refusal = await this.deps.refusal(this.pod, this.neighbours());
    if (refusal !== undefined) this.fail({ reason: refusal.reason, message: `Pod was rejected: ${refusal.message}` }, { type: 'Warning', ...refusal });
    this.isAdmitted = true;
  }

  private get terminating(): boolean {
    return this.removed || this.pod.metadata.deletionTimestamp !== undefined;
  }

  /** Notes what the runtime will forget: init containers that ended well, in the sandbox that lives. */
  private recall(observed: ObservedPod | undefined): void {
    const live = liveSandbox(observed);
    if (live === undefined && !this.busy.has('')) {
      if (this.sandbox !== undefined || (observed?.sandboxes.length ?? 0) > 0) this.networkReady = false;
      this.sandbox = undefined;
      if (this.memory.finalPhase === undefined && !this.terminating) this.memory.initDone = [];
    } else if (live !== undefined && this.sandbox === undefined) {
      this.sandbox = { created: Promise.resolve(live.id), started: Promise.resolve() };
      this.networkReady = true;
    }
    for (const { name } of this.pod.spec.initContainers ?? []) {
      const newest = newestOf(observed, name);
      const done = newest?.state === 'exited' && newest.exitCode === 0 && newest.sandboxId === live?.id;
      if (done && !this.memory.initDone.includes(name)) {
        this.memory.initDone.push(name);
        this.save();
      }
    }
  }

  /** Probes begin with a container and end with it. */
  private watchOver(observed: ObservedPod | undefined): void {
    const running = (observed?.containers ?? []).filter((container) => container.state === 'running');
    for (const [id, probes] of this.probes) {
      if (running.some((container) => container.id === id)) continue;
      probes.stop();
      this.probes.delete(id);
    }
    for (const { id, name, startedAtMs, createdAtMs } of running) {
      const container = [...(this.pod.spec.initContainers ?? []), ...this.pod.spec.containers].find((candidate) => candidate.name === name);
      if (container === undefined || this.probes.has(id)) continue;
      const probes = new ContainerProbes({
        container,
        startedAtMs: startedAtMs ?? createdAtMs,
        clock: this.deps.clock,
        run: (probe, timeoutMs) => this.deps.runtime.probe(probeTarget(this.pod, container, { id, podIp: this.address }), probe, timeoutMs).catch((error: unknown) => ({ ok: false, message: errorText(error) })),
        onChange: () => this.poke(),
        onUnhealthy: (kind, message) => this.deps.events.emit(this.pod, { type: 'Warning', reason: 'Unhealthy', message: `${kind[0]?.toUpperCase()}${kind.slice(1)} probe failed: ${message}`, container: name }),
      });
      this.probes.set(id, probes);
      void probes.probe();
    }
  }

  private health(): Map<string, ContainerProbes['health']> {
    return new Map([...this.probes].map(([id, probes]) => [id, probes.health]));
  }

  private get address(): string | undefined {
    return this.pod.spec.hostNetwork === true ? this.deps.hostIp : this.memory.podIp;
  }

  private async apply(plan: PodPlan, observed: ObservedPod | undefined): Promise<void> {
    for (const kill of plan.kill) this.begin(kill.name, () => this.kill(kill));
    for (const resize of plan.resize) this.begin(resize.name, () => this.resize(resize));
    for (const id of plan.remove) await this.deps.runtime.removeContainer(id);
    if (plan.createSandbox !== undefined) await this.beginSandbox(plan.createSandbox.attempt);
    for (const start of plan.start) if (this.sandbox !== undefined) this.beginContainer(start, observed, this.sandbox);
    for (const [name, { untilMs }] of plan.backingOff) this.announceBackOff(name, untilMs);
  }

  private async beginSandbox(attempt: number): Promise<void> {
    if (this.pod.spec.hostNetwork !== true) {
      const podIp = await this.deps.network.allocate(this.uid);
      if (podIp !== undefined) this.memory.podIp = podIp;
      this.save();
    }
    const sandbox = makeSandbox(this.deps, this.pod, { attempt, podIp: this.memory.podIp });
    this.sandbox = sandbox;
    this.begin('', async () => {
      await sandbox.started;
      this.networkReady = true;
    });
  }

  private beginContainer({ container, attempt }: PodPlan['start'][number], observed: ObservedPod | undefined, sandbox: Sandbox): void {
    const { name } = container;
    const last = newestOf(observed, name);
    if (last?.state === 'exited') {
      this.memory.backOff[name] = afterRetry(this.memory.backOff[name], last.finishedAtMs ?? last.createdAtMs, this.deps.clock.now());
      this.save();
    }
    this.preparing.add(name);
    const beforeCreate = (): void => {
      if (this.isEnding || this.stopped) throw new StartProblem(undefined, 'the pod is ending', RETRY_MS);
      this.preparing.delete(name);
    };
    const target = this.pod.spec.ephemeralContainers?.find((candidate) => candidate.name === name)?.targetContainerName;
    const targetId = target === undefined ? undefined : newestOf(observed, target)?.id;
    this.begin(name, () => startContainer(this.deps, this.pod, { container, attempt, sandbox, podIp: this.address, targetId, beforeCreate }).finally(() => this.preparing.delete(name)));
  }

  /** Runs a step beside the rounds; its failure is shown and tried again later. */
  private begin(name: string, step: () => Promise<void>): void {
    this.busy.add(name);
    void step()
      .then(
        () => {
          this.problems.delete(name);
          this.blocked.delete(name);
        },
        (error: unknown) => this.hinder(name, error),
      )
      .finally(() => {
        this.busy.delete(name);
        this.poke();
      });
  }

  private hinder(name: string, error: unknown): void {
    const problem = error instanceof StartProblem ? error : new StartProblem(undefined, errorText(error), RETRY_MS);
    if (!(error instanceof StartProblem)) this.deps.log(`pod ${this.pod.metadata.namespace}/${this.pod.metadata.name}, container ${name}`, error);
    if (problem.reason !== undefined) this.problems.set(name, { reason: problem.reason, message: problem.message });
    this.blocked.set(name, this.deps.clock.now() + problem.retryAfterMs);
  }

  private async resize({ id, name, limits, needsRestart }: PodPlan['resize'][number]): Promise<void> {
    if (needsRestart) await this.kill({ id, name, message: `Container ${name} resize requires restart`, cause: 'changed' });
    else {
      await this.deps.runtime.resizeContainer(id, limits).catch((error: unknown) => {
        throw new StartProblem(undefined, errorText(error), RESIZE_RETRY_MS);
      });
    }
    this.resized.set(name, JSON.stringify(limits));
  }

  private async kill({ id, name, message, cause }: PodPlan['kill'][number]): Promise<void> {
    this.deps.events.emit(this.pod, { type: 'Normal', reason: 'Killing', message, container: name });
    const container = allContainers(this.pod).find((candidate) => candidate.name === name);
    const probe = cause === 'liveness' ? container?.livenessProbe : cause === 'startup' ? container?.startupProbe : undefined;
    const graceSeconds = this.removed ? FORCED_GRACE_SECONDS : (probe?.terminationGracePeriodSeconds ?? graceSecondsOf(this.pod));
    await killContainer(this.deps, this.pod, { id, name, graceSeconds, podIp: this.address, forGood: cause === 'terminating' && !this.removed });
  }

  /** A shorter grace than the one that is running. */
  private hasten(graceSeconds: number): void {
    void this.deps.runtime
      .inspect(this.uid)
      .then((observed) => Promise.all((observed?.containers ?? []).filter((container) => container.state === 'running').map((container) => this.deps.runtime.stopContainer(container.id, graceSeconds))))
      .catch((error: unknown) => this.deps.log(`pod ${this.pod.metadata.name}: hastening its end`, error));
  }

  private announceBackOff(name: string, untilMs: number): void {
    const key = `${name} ${untilMs}`;
    if (this.announcedBackOffs.has(key)) return;
    this.announcedBackOffs.clear();
    this.announcedBackOffs.add(key);
    const { namespace, name: podName } = this.pod.metadata;
    this.deps.events.emit(this.pod, { type: 'Warning', reason: 'BackOff', message: `Back-off restarting failed container ${name} in pod ${podName}_${namespace}(${this.uid})`, container: name });
  }

  private fail(failure: { reason: string; message: string }, event: PodEvent = { type: 'Normal', ...failure }): void {
    this.memory.failure = failure;
    this.memory.finalPhase = 'Failed';
    this.deps.events.emit(this.pod, event);
    this.save();
    this.dirty = true;
  }

  private report(plan: PodPlan, observed: ObservedPod | undefined): void {
    if (this.removed) return;
    const { status, reached } = podStatus({
      pod: this.pod,
      observed,
      memory: this.memory,
      health: this.health(),
      problems: this.problems,
      backingOff: plan.backingOff,
      runtimeName: this.deps.runtimeName,
      hostIp: this.deps.hostIp,
      podIp: this.memory.podIp ?? this.pod.status?.podIP,
      networkReady: this.networkReady,
      isBusy: this.steps.size > 0,
      nowMs: this.deps.clock.now(),
    });
    // A deleted pod's phase becomes final only when nothing of it runs any more.
    if ((reached === 'Succeeded' || reached === 'Failed') && this.memory.finalPhase === undefined && !this.terminating) {
      this.memory.finalPhase = reached;
      this.save();
      this.dirty = true;
    }
    this.statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? []), ...(status.ephemeralContainerStatuses ?? [])];
    this.deps.statuses.report(this.pod, status);
  }

  /** Nothing runs: a finished pod frees what it does not need, a deleted one is taken away and its deletion confirmed. */
  private async settle(observed: ObservedPod | undefined): Promise<void> {
    if (!this.terminating) {
      if (!this.released) await this.release(observed);
      return;
    }
    await Promise.all([...(observed?.containers ?? []), ...(observed?.sandboxes ?? [])].map(({ id }) => this.deps.runtime.removeContainer(id)));
    await this.deps.network.teardown(this.uid);
    await this.refreshing; // or it would make again what is being removed
    await this.deps.preparation.clean(this.uid);
    if (!this.removed) await this.deps.statuses.confirmDeletion(this.pod);
    this.deps.statuses.forget(this.uid);
    await this.deps.checkpoints.remove(this.uid);
    this.stop();
    this.onGone();
  }

  private async release(observed: ObservedPod | undefined): Promise<void> {
    this.released = true;
    await Promise.all((observed?.sandboxes ?? []).map(({ id }) => this.deps.runtime.removeContainer(id)));
    await this.deps.network.teardown(this.uid);
  }

  private save(): void {
    this.deps.checkpoints.save(this.uid, this.memory);
  }

  private wakeAt(atMs: number): void {
    this.alarm.abort();
    this.alarm = new AbortController();
    const { signal } = this.alarm;
    void this.deps.clock.sleep(Math.max(0, atMs - this.deps.clock.now()), signal).then(() => (signal.aborted ? undefined : this.poke()));
  }
}

/** What a downwardAPI volume shows and may change. */
function isRelabelled(before: Pod, after: Pod): boolean {
  const of = ({ metadata }: Pod): string => JSON.stringify([metadata.labels, metadata.annotations]);
  const shows = after.spec.volumes?.some(({ downwardAPI, projected }) => (downwardAPI ?? projected?.sources?.find((source) => source.downwardAPI !== undefined)) !== undefined);
  return shows === true && of(before) !== of(after);
}

/** Our own status report comes back as a change: nothing to do. */
function isOwnEcho(before: Pod, after: Pod): boolean {
  const of = ({ metadata, spec, status }: Pod): string => JSON.stringify([spec.readinessGates?.map(({ conditionType }) => status?.conditions?.find(({ type }) => type === conditionType)?.status), metadata.generation, metadata.deletionTimestamp, metadata.deletionGracePeriodSeconds, metadata.annotations, metadata.labels, spec.containers.map(({ image }) => image)]);
  return of(before) === of(after);
}
