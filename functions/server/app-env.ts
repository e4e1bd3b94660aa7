import type { Context } from 'hono';
import type { Upgrade } from '#api/connection/upgrade';
import type { Passed } from './chain.ts';
import type { BodySource } from './protocol/body.ts';
import type { SendLong } from './protocol/stream-answer.ts';

export interface AppEnv {
  /** What the way in hands over beside the web's Request. */
  Bindings: { body?: BodySource; sendLong?: SendLong; upgrade?: Upgrade };
  /** What the chain leaves for the routes behind it. */
  Variables: { passed: Passed };
}

/** Tests and Lambda call without an environment. */
export function upgradeOf(context: Context<AppEnv>): Upgrade | undefined {
  return (context.env as AppEnv['Bindings'] | undefined)?.upgrade;
}
