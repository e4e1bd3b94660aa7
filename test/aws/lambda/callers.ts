/** A function's environment, as the one who makes a call. */
export interface Caller {
  /** The function's logical name in the template. */
  id: string;
  kill(): void;
}

/** Which environment a call's credentials belong to: each has its own. */
export class Callers {
  private readonly byKey = new Map<string, Caller>();
  private made = 0;

  newKey(functionId: string): string {
    return `ASIA${functionId.toUpperCase()}${++this.made}`;
  }

  add(accessKeyId: string, caller: Caller): void {
    this.byKey.set(accessKeyId, caller);
  }

  of(accessKeyId: string): Caller | undefined {
    return this.byKey.get(accessKeyId);
  }
}
