import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID, REGION } from '../account.ts';
import { pause, repeat, type Source } from './source.ts';

const UNIT_SECONDS: Record<string, number> = { minute: 60, hour: 3600, day: 86_400 };

export function periodSeconds(expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (!count || !unit) throw new Error(`a schedule that the emulator does not know: ${expression}`);
  return Number(count) * (UNIT_SECONDS[unit] ?? 0);
}

/** An EventBridge rule. Whether the function takes the event is its own business: the next one comes. */
export function followSchedule(options: { ruleArn: string; everySeconds: number; invoke(event: unknown): Promise<unknown>; log(line: string): void }): Source {
  return repeat(
    options.ruleArn,
    async (signal) => {
      await pause(options.everySeconds * 1000, signal);
      if (signal.aborted) return;
      const event = { version: '0', id: randomUUID(), 'detail-type': 'Scheduled Event', source: 'aws.events', account: ACCOUNT_ID, time: new Date().toISOString(), region: REGION, resources: [options.ruleArn], detail: {} };
      await options.invoke(event);
    },
    options.log,
  );
}
