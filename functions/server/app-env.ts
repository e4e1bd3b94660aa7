import type { Passed } from './chain.ts';

/** What the chain leaves for the routes behind it. */
export interface AppEnv {
  Variables: { passed: Passed };
}
