/** A failure that the user can do something about: what went wrong, why, and the fix. Printed in one place, `main.ts`. */
export class Failure extends Error {
  readonly why: string | undefined;
  readonly fix: string | undefined;

  constructor(what: string, detail: { why?: string; fix?: string; cause?: unknown } = {}) {
    super(what, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'Failure';
    this.why = detail.why;
    this.fix = detail.fix;
  }
}
