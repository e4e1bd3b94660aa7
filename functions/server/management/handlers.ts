import type { Answer, Asked, OperationId } from '#api/management/operations';

/** Who asks: whom is what they make counted for, and with which token. */
export interface Caller {
  owner: string;
  /** As it was sent. */
  token: string;
}

export interface Context {
  caller: Caller;
  /** By which the client reached the installation, and so its clusters. */
  origin: string;
}

export type Handler<Id extends OperationId> = (asked: Asked<Id>, context: Context) => Promise<Answer<Id>>;
export type Handlers<Id extends OperationId = OperationId> = { [One in Id]: Handler<One> };
