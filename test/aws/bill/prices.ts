/** What AWS bills by, with list prices of us-east-1 in dollars, before any free tier. */
export const PRICES = {
  readUnit: { service: 'DynamoDB', dollars: 0.125e-6 },
  writeUnit: { service: 'DynamoDB', dollars: 0.625e-6 },
  standardRequest: { service: 'SQS', dollars: 0.4e-6 },
  fifoRequest: { service: 'SQS', dollars: 0.5e-6 },
  invocation: { service: 'Lambda', dollars: 0.2e-6 },
  gbSecond: { service: 'Lambda', dollars: 0.0000133334 }, // arm64
  gatewayMessage: { service: 'API Gateway', dollars: 1e-6 }, // of 32 KB, in either direction
  connectionMinute: { service: 'API Gateway', dollars: 0.25e-6 },
  logGb: { service: 'CloudWatch Logs', dollars: 0.5 },
  storedGbMonth: { service: 'DynamoDB', dollars: 0.25 + 0.2 }, // and its point-in-time recovery
} as const;

export type Unit = keyof typeof PRICES;
export type Amounts = Partial<Record<Unit, number>>;

export function dollarsOf(amounts: Amounts): number {
  return entriesOf(amounts).reduce((sum, [unit, amount]) => sum + amount * PRICES[unit].dollars, 0);
}

export function sumOf(all: readonly Amounts[]): Amounts {
  const sum: Amounts = {};
  for (const amounts of all) for (const [unit, amount] of entriesOf(amounts)) sum[unit] = (sum[unit] ?? 0) + amount;
  return sum;
}

export function scaled(amounts: Amounts, factor: number): Amounts {
  return Object.fromEntries(entriesOf(amounts).map(([unit, amount]) => [unit, amount * factor]));
}

export function entriesOf(amounts: Amounts): [Unit, number][] {
  return Object.entries(amounts) as [Unit, number][];
}
