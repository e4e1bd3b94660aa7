import { createHash, randomUUID } from 'node:crypto';
import { jsonAnswer, type Answer, type Call, type Wire } from './endpoint/call.ts';
import { failed, FAILURES, mayFail, type FailureKind } from './endpoint/failures.ts';

/** The function's environment ends when it is about to make its n-th call of AWS from now; with `every`, again after each so many calls more. */
export interface Kill {
  fn: string;
  atCall: number;
  every?: number;
}

/** The same for messages that SQS has seemingly taken. */
export interface Loss {
  fn: string;
  atMessage: number;
  every?: number;
}

/** The same for a call that goes wrong. */
export interface Failure extends Kill {
  kind: FailureKind;
}

/** What is to go wrong. Functions are named by the beginning of their name in the template: Api, Dispatch, Worker, Tick. */
export interface Faults {
  /** Functions whose messages are lost after SQS has seemingly taken them. */
  losesMessagesOf: string[];
  /** No record of the table's stream reaches anybody. */
  noStream: boolean;
  /** Each batch of messages and stream records is handed over twice. */
  doubles: boolean;
  kills: Kill[];
}

export const NO_FAULTS: Faults = { losesMessagesOf: [], noStream: false, doubles: false, kills: [] };

/** As on the command line: `no-api-ring`, `no-stream`, `double-messages`, `lose-rings`, `kill:Worker` or `kill:Worker:7`. */
export function readFaults(names: string[]): Faults {
  const faults: Faults = { ...NO_FAULTS, losesMessagesOf: [], kills: [] };
  for (const name of names) {
    const [kind, fn, atCall] = name.split(':');
    if (kind === 'no-api-ring') faults.losesMessagesOf.push('Api');
    else if (kind === 'lose-rings') faults.losesMessagesOf.push('Api', 'Dispatch');
    else if (kind === 'no-stream') faults.noStream = true;
    else if (kind === 'double-messages') faults.doubles = true;
    else if (kind === 'kill' && fn) faults.kills.push({ fn, atCall: Number(atCall ?? 2) });
    else throw new Error(`no such fault: ${name}`);
  }
  return faults;
}

export interface InjectedFaults {
  wire: Wire;
  happened: string[];
  kill(kill: Kill): void;
  lose(loss: Loss): void;
  fail(failure: Failure): void;
  /** What is armed happens no more. */
  disarm(): void;
}

interface Countdown {
  fn: string;
  left: number;
  every: number | undefined;
}

/** Faults between the functions and AWS; those of the event sources are in the emulator's own parts. */
export function injectFaults(faults: Faults): InjectedFaults {
  const happened: string[] = [];
  const kills: Countdown[] = [];
  const losses: Countdown[] = [];
  const failures = new Map(FAILURES.map((kind): [FailureKind, Countdown[]] => [kind, []]));
  const kill = ({ fn, atCall, every }: Kill): void => void kills.push({ fn, left: atCall, every });
  faults.kills.forEach(kill);

  const wire: Wire = async (call, next) => {
    const { caller } = call;
    if (caller === undefined) return next(call);
    if (strikes(kills, caller.id)) {
      happened.push(`killed ${caller.id} at ${call.service}:${call.operation}`);
      caller.kill();
      return jsonAnswer(500, {});
    }
    const failure = FAILURES.find((kind) => mayFail(kind, call) && strikes(failures.get(kind) ?? [], caller.id));
    if (failure !== undefined) {
      happened.push(`${failure} of ${call.service}:${call.operation} of ${caller.id}`);
      return failed(failure, call, next);
    }
    const isLost = call.operation === 'SendMessage' && (faults.losesMessagesOf.some((fn) => caller.id.startsWith(fn)) || strikes(losses, caller.id));
    if (!isLost) return next(call);
    happened.push(`lost a message of ${caller.id}`);
    return sentAnswer(call);
  };
  return {
    wire,
    happened,
    kill,
    lose: ({ fn, atMessage, every }) => void losses.push({ fn, left: atMessage, every }),
    fail: ({ kind, fn, atCall, every }) => void failures.get(kind)?.push({ fn, left: atCall, every }),
    disarm() {
      for (const armed of failures.values()) armed.length = 0;
      kills.length = 0;
      losses.length = 0;
    },
  };
}

// The first that is armed for this function counts down.
function strikes(armed: Countdown[], functionId: string): boolean {
  const countdown = armed.find(({ fn }) => functionId.startsWith(fn));
  if (countdown === undefined || --countdown.left > 0) return false;
  if (countdown.every === undefined) armed.splice(armed.indexOf(countdown), 1);
  else countdown.left = countdown.every;
  return true;
}

function sentAnswer({ body }: Call): Answer {
  const { MessageBody } = JSON.parse(body.toString()) as { MessageBody: string };
  return jsonAnswer(200, { MessageId: randomUUID(), MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'), SequenceNumber: '1' });
}
