import type { RelayCause } from '#api/relay/protocol';

/** Becomes the Status of the asker's answer. */
export class Refused extends Error {
  readonly refusal: RelayCause;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.name = 'Refused';
    this.refusal = { code, reason, message };
  }
}
