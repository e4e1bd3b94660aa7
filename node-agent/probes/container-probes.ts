import type { Container, Probe } from '#api/schema/kinds.generated';
import type { Clock } from '../clock.ts';
import type { ProbeResult } from '../runtime/runtime.ts';
import type { Health } from '../sync/plan.ts';
import { countResult, initialCounter, type ProbeCounter } from './probe-counter.ts';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';

export interface ContainerProbesOptions {
  container: Container;
  startedAtMs: number;
  clock: Clock;
  run(probe: Probe, timeoutMs: number): Promise<ProbeResult>;
  onChange(): void;
  onUnhealthy(kind: ProbeKind, message: string): void;
}

// Before it has spoken, a container is taken as alive, not as ready.
const INITIAL = { startup: 'pending', liveness: 'success', readiness: 'failure' } as const;

/**
 * The probes of one running container, from its start to its end. Nothing else is probed until the startup probe has succeeded;
 * once a probe has given the container up, the others stop: it is about to be replaced.
 */
export class ContainerProbes {
  readonly health: Health;
  private readonly options: ContainerProbesOptions;
  private readonly ended = new AbortController();

  constructor(options: ContainerProbesOptions) {
    this.options = options;
    const { startupProbe, readinessProbe } = options.container;
    this.health = { started: startupProbe === undefined, ready: startupProbe === undefined && readinessProbe === undefined };
  }

  /** Resolves when all probing has ended. */
  async probe(): Promise<void> {
    const { startupProbe, livenessProbe, readinessProbe } = this.options.container;
    if (startupProbe !== undefined) {
      await this.loop('startup', startupProbe, { until: 'success' });
      if (!this.health.started) return;
    }
    await Promise.all([
      livenessProbe === undefined ? undefined : this.loop('liveness', livenessProbe),
      readinessProbe === undefined ? undefined : this.loop('readiness', readinessProbe),
    ]);
  }

  stop(): void {
    this.ended.abort();
  }

  private async loop(kind: ProbeKind, probe: Probe, options: { until?: 'success' } = {}): Promise<void> {
    const { clock, startedAtMs } = this.options;
    const { signal } = this.ended;
    let counter = initialCounter(INITIAL[kind]);
    await clock.sleep(Math.max(0, startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000 - clock.now()), signal);
    while (!signal.aborted) {
      const result = await this.options.run(probe, (probe.timeoutSeconds ?? 1) * 1000);
      if (signal.aborted) return;
      if (!result.ok) this.options.onUnhealthy(kind, result.message);
      const next = countResult(counter, result.ok, probe);
      if (next.verdict !== counter.verdict) this.conclude(kind, next.verdict);
      counter = next;
      if (options.until === counter.verdict) return;
      await clock.sleep((probe.periodSeconds ?? 10) * 1000, signal);
    }
  }

  private conclude(kind: ProbeKind, verdict: ProbeCounter['verdict']): void {
    if (kind === 'readiness') this.health.ready = verdict === 'success';
    else if (verdict === 'failure') {
      this.health.failed = kind;
      this.stop();
    } else if (kind === 'startup') {
      this.health.started = true;
      this.health.ready = this.options.container.readinessProbe === undefined;
    }
    this.options.onChange();
  }
}
