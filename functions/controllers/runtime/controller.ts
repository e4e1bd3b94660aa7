import type { ClusterView, LoopManager } from './cluster-view.ts';
import type { EventRecorder } from './events.ts';
import type { ObjectChange } from './object-change.ts';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { Clock } from '#ports/clock';

/**
 * A controller turns changes into keys and brings one key at a time to what it should be. It reads everything anew, decides in
 * `core/`, and writes with the versions that it read: its key may come twice, late, or again after a crash in the middle.
 */
export interface Controller {
  name: string;
  /** Whom the fields belong to that it writes; kube-controller-manager where it does not say. */
  fieldManager?: LoopManager;
  sources: Source[];
  reconcile(key: string, context: ReconcileContext): Promise<Outcome>;
  /** Keys that no log entry announces (a heartbeat that does not come). Asked every few seconds at most, cheaply. */
  sweep?(context: ReconcileContext): Promise<string[]>;
}

export interface Source {
  resource: ApiResource;
  /** Which keys a change concerns; also asked for each object that exists when the log no longer tells. */
  keys(change: ObjectChange<KubeObject>, view: ClusterView): string[] | Promise<string[]>;
  /** Hardly ever changes, or hardly ever matters: the tick looks only now and then whether a ring for it was lost. */
  cold?: boolean;
}

/** `after`: nothing to do until then, unless something changes. A throw is tried again, with back-off, for ever. */
export type Outcome = { done: true } | { afterMs: number };

export const DONE: Outcome = { done: true };

export function after(ms: number | undefined): Outcome {
  return ms === undefined ? DONE : { afterMs: ms };
}

/** No retry can help before the object changes: the controller has said so on the object. */
export class TerminalError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'TerminalError';
  }
}

export interface ReconcileContext {
  view: ClusterView;
  events: EventRecorder;
  clock: Clock;
}

export interface ReconcileFailure {
  controller: string;
  key: string;
  /** In a row; 0 outside of a reconcile. */
  attempts: number;
  error: unknown;
}
