import type { Passed } from './chain.ts';
import type { BodySource } from './protocol/body.ts';

export interface AppEnv {
  /** What the way in hands over beside the web's Request. */
  Bindings: { body?: BodySource };
  /** What the chain leaves for the routes behind it. */
  Variables: { passed: Passed };
}
