import { parametersOf, type Call, type Wire } from '../endpoint/call.ts';
import type { Route } from '../stand-ins/websocket-api.ts';
import { sumOf, type Amounts } from './prices.ts';
import { amountsOf } from './units.ts';

/** What one operation of one caller has come to so far. */
export interface Item {
  /** A function's name in the template, `session` for agents, `event source` for Lambda's own pollers. */
  caller: string;
  operation: string;
  calls: number;
  amounts: Amounts;
}

export interface Meter {
  /** Counts each call of AWS, and asks DynamoDB for its capacity. */
  wire: Wire;
  /** What Lambda bills of one invocation. */
  invoked(invocation: { functionId: string; billedMs: number; memoryMb: number }): void;
  logged(functionId: string, line: string): void;
  /** What comes to a WebSocket API: connections, messages, ends. */
  connection(route: Route, id: string): void;
  items(): Item[];
  reset(): void;
  /** When the last call was made, empty polls apart. */
  lastCallMs(): number;
}

export function createMeter(): Meter {
  const items = new Map<string, Item>();
  const connectedMs = new Map<string, number>();
  let lastMs = Date.now();
  const add = (caller: string, operation: string, amounts: Amounts): void => addTo(items, { caller, operation, calls: 1, amounts });
  return {
    async wire(call, next) {
      const answer = await next(withCapacity(call));
      const caller = call.caller === undefined ? 'event source' : nameOf(call.caller.id);
      const isPoll = call.operation === 'ReceiveMessage';
      const isEmpty = isPoll && !answer.body.includes('"Messages"');
      // How often Lambda asks an empty queue is Lambda's own affair: see idlePolls.
      if (!isEmpty || call.caller !== undefined) add(caller, `${call.service}:${call.operation}`, amountsOf(call, answer));
      if (!isPoll) lastMs = Date.now();
      return answer;
    },
    invoked({ functionId, billedMs, memoryMb }) {
      add(nameOf(functionId), 'lambda:Invoke', { invocation: 1, gbSecond: (Math.ceil(billedMs) / 1000) * (memoryMb / 1024) });
    },
    logged: (functionId, line) => add(nameOf(functionId), 'logs:PutLogEvents', { logGb: Buffer.byteLength(line) / 1e9 }),
    connection(route, id) {
      if (route === '$connect') connectedMs.set(id, Date.now());
      else if (route === '$default') add('relay', 'execute-api:Message', { gatewayMessage: 1 }); // a frame ends at 32 KB
      else add('relay', 'execute-api:Connection', { connectionMinute: Math.max(1, Math.ceil((Date.now() - (connectedMs.get(id) ?? Date.now())) / 60_000)) });
      if (route === '$disconnect') connectedMs.delete(id);
    },
    items: () => [...items.values()],
    reset: () => items.clear(),
    lastCallMs: () => lastMs,
  };
}

/** One item for each operation of each caller. */
export function merged(items: readonly Item[]): Item[] {
  const sums = new Map<string, Item>();
  for (const item of items) addTo(sums, item);
  return [...sums.values()];
}

function addTo(sums: Map<string, Item>, { caller, operation, calls, amounts }: Item): void {
  const key = `${caller} ${operation}`;
  const sum = sums.get(key) ?? { caller, operation, calls: 0, amounts: {} };
  sums.set(key, { ...sum, calls: sum.calls + calls, amounts: sumOf([sum.amounts, amounts]) });
}

function withCapacity(call: Call): Call {
  if (call.service !== 'dynamodb') return call;
  return { ...call, body: Buffer.from(JSON.stringify({ ...parametersOf(call), ReturnConsumedCapacity: 'TOTAL' })) };
}

// Without the digits that the template's tool puts behind it.
function nameOf(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}
