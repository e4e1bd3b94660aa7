import type { Container } from '#api/schema/kinds.generated';
import { retryAtMs } from '../back-off/back-off.ts';
import type { Pod, RestartPolicy } from '../pod.ts';
import type { ObservedContainer, ObservedPod } from '../runtime/runtime.ts';
import { attemptsOf, isSidecar, liveSandbox, lostAttempts, newestOf, restartPolicyOf, restartsAfter } from './container-view.ts';
import { resizeOf, type Resize } from './resize.ts';
import { specHashOf } from './spec-hash.ts';
import type { PodMemory } from './pod-memory.ts';

/** All that a decision about one pod is made from. */
export interface PodView {
  pod: Pod;
  observed: ObservedPod | undefined;
  memory: PodMemory;
  /** By container id. */
  health: ReadonlyMap<string, Health>;
  /** Containers (by name) and the sandbox ('') for which a step is under way: they are left alone. */
  busy: ReadonlySet<string>;
  /** By container, the limits that it was given last: a kernel that does not know one of them would be asked for ever. */
  resized?: ReadonlyMap<string, string>;
  /** Until when a container that could not be started waits. */
  blockedUntilMs: ReadonlyMap<string, number>;
  nowMs: number;
}

export interface Health {
  started: boolean;
  ready: boolean;
  /** Liveness or startup probe gave up. */
  failed?: 'liveness' | 'startup' | undefined;
}

export interface PodPlan {
  createSandbox?: { attempt: number };
  start: { container: Container; attempt: number }[];
  kill: { id: string; name: string; message: string; cause: KillCause }[];
  /** Running containers that are to have more or less of the machine. */
  resize: ({ id: string; name: string } & Resize)[];
  /** Dead attempts that nobody will ask for again. */
  remove: string[];
  /** Containers that wait out their back-off. */
  backingOff: Map<string, { untilMs: number; delayMs: number }>;
  /** The pod has failed as a whole. */
  failure?: { reason: string; message: string };
  /** Nothing runs and nothing will be started. */
  settled: boolean;
  /** Look again then, if nothing happens before. */
  wakeAtMs?: number;
}

export type KillCause = 'terminating' | 'liveness' | 'startup' | 'changed' | 'sandbox';

/** Decides the next steps for a pod that is to run. Steps of different containers may be taken at once. */
export function planPod(view: PodView): PodPlan {
  const plan = { ...emptyPlan(), remove: staleAttempts(view) };
  const { pod, memory } = view;
  if (memory.finalPhase !== undefined || memory.failure !== undefined) return planTermination(view, plan);
  planDeadline(view, plan);
  if (plan.failure !== undefined) return plan;

  const sandbox = liveSandbox(view.observed);
  if (sandbox === undefined) return planSandbox(view, plan);
  killStrangers(view, plan, sandbox.id);
  plan.remove.push(...(view.observed?.sandboxes ?? []).filter((other) => !other.running && other.id !== sandbox.id).map((other) => other.id));

  planEphemeral(view, plan);
  const initialised = planInit(view, plan);
  if (initialised) for (const container of pod.spec.containers) planContainer(view, plan, { container, policy: restartPolicyOf(pod) });
  return plan;
}

/** Everything is to end: the pod is deleted, finished or failed. Settled when nothing runs. */
export function planTermination(view: PodView, plan = emptyPlan()): PodPlan {
  const living = (view.observed?.containers ?? []).filter((container) => container.state === 'running');
  // Sidecars serve the others to the end, and each those that were started after it.
  const sidecars = (view.pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name);
  const served = living.filter((container) => !sidecars.includes(container.name));
  const last = sidecars.findLast((name) => living.some((container) => container.name === name));
  for (const container of served.length > 0 ? served : living.filter(({ name }) => name === last)) {
    if (!view.busy.has(container.name)) plan.kill.push({ id: container.id, name: container.name, message: `Stopping container ${container.name}`, cause: 'terminating' });
  }
  plan.settled = living.length === 0 && view.busy.size === 0;
  return plan;
}

function emptyPlan(): PodPlan {
  return { start: [], kill: [], resize: [], remove: [], backingOff: new Map(), settled: false };
}

/** A pod without a live sandbox: a new one, unless all of its work is done. */
function planSandbox(view: PodView, plan: PodPlan): PodPlan {
  const { pod, observed, busy } = view;
  if (isBlocked(view, plan, '')) return plan;
  if (busy.has('')) return startWhileSandboxStarts(view, plan);
  killStrangers(view, plan, undefined);
  const policy = restartPolicyOf(pod);
  const finished = (observed?.containers.length ?? 0) > 0 && pod.spec.containers.every((container) => isFinished(policy, container, newestOf(observed, container.name)));
  if (finished) return plan;
  const attempts = (observed?.sandboxes ?? []).map((sandbox) => sandbox.attempt);
  plan.createSandbox = { attempt: attempts.length === 0 ? 0 : Math.max(...attempts) + 1 };
  return startWhileSandboxStarts(view, plan);
}

/** What comes first is made ready while the sandbox is being started: the step itself waits for it. */
function startWhileSandboxStarts(view: PodView, plan: PodPlan): PodPlan {
  if ((view.observed?.containers.length ?? 0) > 0) return plan;
  const first = (view.pod.spec.initContainers ?? []).slice(0, 1);
  for (const container of first.length > 0 ? first : view.pod.spec.containers) {
    if (!view.busy.has(container.name) && !isBlocked(view, plan, container.name)) plan.start.push({ container, attempt: lostAttempts(view.pod, container.name) });
  }
  return plan;
}

/** Init containers in their order; true when the others may start. */
function planInit(view: PodView, plan: PodPlan): boolean {
  const initPolicy: RestartPolicy = restartPolicyOf(view.pod) === 'Never' ? 'Never' : 'OnFailure';
  for (const container of view.pod.spec.initContainers ?? []) {
    const newest = newestOf(view.observed, container.name);
    if (isSidecar(container)) {
      planContainer(view, plan, { container, policy: 'Always' });
      if (newest?.state !== 'running' || view.health.get(newest.id)?.started !== true) return false;
      continue;
    }
    if (view.memory.initDone.includes(container.name)) continue;
    if (newest?.state === 'exited' && newest.exitCode === 0 && inLiveSandbox(view, newest)) continue;
    planContainer(view, plan, { container, policy: initPolicy, init: true });
    return false;
  }
  return true;
}

function planContainer(view: PodView, plan: PodPlan, { container, policy, init = false }: { container: Container; policy: RestartPolicy; init?: boolean }): void {
  if (view.busy.has(container.name)) return;
  const newest = newestOf(view.observed, container.name);
  // Created and never started: an agent died in between. The same attempt is made again.
  if (newest === undefined || newest.state === 'created') return planStart(view, plan, { container, attempt: newest?.attempt ?? lostAttempts(view.pod, container.name) });
  if (newest.state === 'running') return planRunning(view, plan, { container, running: newest });
  // A new sandbox is initialised anew.
  if (!restartsAfter(policy, container, newest.exitCode ?? 0) && !(init && !inLiveSandbox(view, newest))) return;
  const backOff = view.memory.backOff[container.name];
  const untilMs = retryAtMs(backOff, newest.finishedAtMs ?? newest.createdAtMs);
  if (untilMs > view.nowMs && backOff !== undefined) {
    plan.backingOff.set(container.name, { untilMs, delayMs: backOff.delayMs });
    return wakeBy(plan, untilMs);
  }
  planStart(view, plan, { container, attempt: newest.attempt + 1 });
}

/** Each runs once. */
function planEphemeral(view: PodView, plan: PodPlan): void {
  for (const container of view.pod.spec.ephemeralContainers ?? []) {
    const newest = newestOf(view.observed, container.name);
    if (!view.busy.has(container.name) && (newest === undefined || newest.state === 'created')) planStart(view, plan, { container, attempt: 0 });
  }
}

function planRunning(view: PodView, plan: PodPlan, { container, running }: { container: Container; running: ObservedContainer }): void {
  const { name } = container;
  const failed = view.health.get(running.id)?.failed;
  if (failed !== undefined) plan.kill.push({ id: running.id, name, message: `Container ${name} failed ${failed} probe, will be restarted`, cause: failed });
  else if (running.specHash !== specHashOf(container)) plan.kill.push({ id: running.id, name, message: `Container ${name} definition changed, will be restarted`, cause: 'changed' });
  else planResize(view, plan, { container, running });
}

function planResize(view: PodView, plan: PodPlan, { container, running }: { container: Container; running: ObservedContainer }): void {
  const resize = resizeOf(container, running);
  if (resize === undefined || isBlocked(view, plan, container.name) || view.resized?.get(container.name) === JSON.stringify(resize.limits)) return;
  plan.resize.push({ id: running.id, name: container.name, ...resize });
}

function planStart(view: PodView, plan: PodPlan, start: { container: Container; attempt: number }): void {
  if (!isBlocked(view, plan, start.container.name)) plan.start.push(start);
}

function isBlocked(view: PodView, plan: PodPlan, name: string): boolean {
  const untilMs = view.blockedUntilMs.get(name);
  if (untilMs === undefined || untilMs <= view.nowMs) return false;
  wakeBy(plan, untilMs);
  return true;
}

/** Containers that live in a sandbox which is no longer the pod's have no network any more. */
function killStrangers(view: PodView, plan: PodPlan, sandboxId: string | undefined): void {
  for (const container of view.observed?.containers ?? []) {
    if (container.state === 'running' && container.sandboxId !== sandboxId && !view.busy.has(container.name)) {
      plan.kill.push({ id: container.id, name: container.name, message: 'Pod sandbox changed, it will be killed and re-created.', cause: 'sandbox' });
    }
  }
}

function planDeadline(view: PodView, plan: PodPlan): void {
  const { activeDeadlineSeconds } = view.pod.spec;
  if (activeDeadlineSeconds === undefined) return;
  const deadlineMs = view.memory.startTimeMs + activeDeadlineSeconds * 1000;
  if (deadlineMs > view.nowMs) wakeBy(plan, deadlineMs);
  else plan.failure = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
}

/** Of each container the newest attempt stays, and the last dead one before it, for `logs --previous`. */
function staleAttempts({ observed }: PodView): string[] {
  const names = new Set((observed?.containers ?? []).map((container) => container.name));
  return [...names].flatMap((name) => attemptsOf(observed, name).slice(2).filter((container) => container.state !== 'running').map((container) => container.id));
}

function isFinished(policy: RestartPolicy, container: Container, newest: ObservedContainer | undefined): boolean {
  return newest?.state === 'exited' && !restartsAfter(policy, container, newest.exitCode ?? 0);
}

function inLiveSandbox(view: PodView, container: ObservedContainer): boolean {
  return container.sandboxId === liveSandbox(view.observed)?.id;
}

function wakeBy(plan: PodPlan, atMs: number): void {
  plan.wakeAtMs = Math.min(plan.wakeAtMs ?? Infinity, atMs);
}
