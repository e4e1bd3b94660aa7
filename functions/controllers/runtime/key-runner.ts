import { DONE, TerminalError } from './controller.ts';
import { createDueTimes } from './due-times.ts';
import { createWorkQueue } from './work-queue.ts';
import type { LoopView } from './cluster-view.ts';
import type { Controller, ReconcileFailure } from './controller.ts';
import type { Due } from './due-times.ts';
import type { createEvents } from './events.ts';
import type { Clock } from '#ports/clock';
import { hasCode } from '#ports/errors';

export interface KeyRunnerDeps {
  controllers: Controller[];
  view: LoopView;
  events: ReturnType<typeof createEvents>;
  clock: Clock;
  due: [string, Due][];
  concurrency: number;
  onFinished(): void;
  onError?: ((failure: ReconcileFailure) => void) | undefined;
}

/** Runs the reconciles, each key alone, and keeps what is to come again. */
export interface KeyRunner {
  add(key: string): void;
  /** Puts the keys whose time has come into the queue. */
  addDue(): void;
  /** Starts as many as may run beside each other. */
  fill(): void;
  readonly waiting: number;
  readonly running: number;
  nextDueMs(): number | undefined;
  /** All that must be remembered when the burst ended now. */
  unfinished(): [string, Due][];
  /** True once after `unfinished` would give something else than before. */
  takeChanged(): boolean;
}

export function createKeyRunner({ controllers, view, events, clock, concurrency, onFinished, onError, ...deps }: KeyRunnerDeps): KeyRunner {
  const byName = new Map(controllers.map((controller) => [controller.name, controller]));
  const queue = createWorkQueue();
  const due = createDueTimes(deps.due);
  let hasChanged = false;

  const reconcile = async (fullKey: string): Promise<void> => {
    const slash = fullKey.indexOf('/');
    const controller = byName.get(fullKey.slice(0, slash));
    const key = fullKey.slice(slash + 1);
    try {
      const outcome = controller === undefined ? DONE : await controller.reconcile(key, { view: controller.fieldManager ? view.as(controller.fieldManager) : view, clock, events: events.for(controller.name) });
      hasChanged = due.succeeded(fullKey, outcome, clock.now()) || hasChanged;
    } catch (error) {
      hasChanged = true;
      // The view forbids new content in a namespace that is going away: what would need it goes as well.
      const isOver = error instanceof TerminalError || hasCode(error, 'Forbidden');
      const attempts = isOver ? 0 : due.failed(fullKey, clock.now());
      if (isOver) due.forget(fullKey);
      // Somebody else wrote first: to read again is the answer, and no news.
      if (!hasCode(error, 'Conflict') && !hasCode(error, 'Forbidden')) onError?.({ controller: controller?.name ?? '', key, attempts, error });
    } finally {
      queue.finish(fullKey);
      onFinished();
    }
  };

  return {
    add: (key) => queue.add(key),
    addDue: () => due.start(clock.now()).forEach((key) => queue.add(key)),
    fill() {
      while (queue.running < concurrency) {
        const key = queue.take();
        if (key === undefined) return;
        void reconcile(key);
      }
    },
    get waiting() {
      return queue.waiting;
    },
    get running() {
      return queue.running;
    },
    nextDueMs: () => due.earliestMs(),
    unfinished: () => due.entries(queue.remaining()),
    takeChanged() {
      const changed = hasChanged;
      hasChanged = false;
      return changed;
    },
  };
}
