import { tableLines } from './layout.ts';

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

export function conditionLines(conditions: readonly Condition[] | undefined): string[] {
  if (!conditions?.length) return [];
  return tableLines([['Type', 'Status', 'Reason', 'Message'], ...conditions.map(({ type, status, reason = '', message = '' }) => [type, status, reason, message])]).map((line) => line.trimEnd());
}
