import type { Principal } from '../iam/role.ts';

/** Whoever has credentials: a function's environment, or a session of a role that was assumed. */
export interface Caller {
  /** A function's logical name in the template, or `session`. */
  id: string;
  principal: Principal;
  /** Credentials of an environment are renewed with it. */
  expiresAtMs?: number;
  kill(): void;
}

/** Which caller a call's credentials belong to: each has its own. */
export class Callers {
  private readonly byKey = new Map<string, Caller>();
  private made = 0;

  newKey(name: string): string {
    return `ASIA${name.toUpperCase()}${++this.made}`;
  }

  add(accessKeyId: string, caller: Caller): void {
    this.byKey.set(accessKeyId, caller);
  }

  of(accessKeyId: string): Caller | undefined {
    return this.byKey.get(accessKeyId);
  }
}
