import type { TableColumn } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';

/** What kubectl prints where there is nothing to print. */
export const NONE = '<none>';
export const UNKNOWN = '<unknown>';
export const UNSET = '<unset>';

export interface ColumnOptions {
  type?: TableColumn['type'];
  wide?: boolean;
}

export function column<T extends KubeObject>(name: string, description: string, cell: TableColumn<T>['cell'], options: ColumnOptions = {}): TableColumn<T> {
  return { name, type: options.type ?? 'string', description, priority: options.wide ? 1 : 0, cell };
}

export function nameColumn<T extends KubeObject>(): TableColumn<T> {
  return { name: 'Name', type: 'string', format: 'name', description: 'Name of the object, unique within its namespace', priority: 0, cell: ({ metadata }) => metadata.name ?? '' };
}

export function ageColumn<T extends KubeObject>(): TableColumn<T> {
  return column('Age', 'Time since the object was created', ({ metadata }, nowMs) => ageOf(metadata.creationTimestamp, nowMs));
}

/** For kinds without columns of their own. */
export function createdAtColumn<T extends KubeObject>(): TableColumn<T> {
  return column('Created At', 'Time at which the object was created', ({ metadata }) => metadata.creationTimestamp ?? null, { type: 'date' });
}

const SHOWN = 3;

/** The first few of a list, and how many more there are. */
export function shortened(texts: readonly string[]): string {
  const shown = texts.slice(0, SHOWN).join(',');
  return texts.length > SHOWN ? `${shown} + ${texts.length - SHOWN} more...` : shown;
}

export function ageOf(timestamp: string | null | undefined, nowMs: number): string {
  const ms = Date.parse(timestamp ?? '');
  return Number.isNaN(ms) ? UNKNOWN : humanDuration(nowMs - ms);
}

/** Two units at most, and one where the second says little: 45s, 3m5s, 12m, 5h10m, 2d3h, 40d, 2y10d. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 60 * 2) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 60 * 3) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return pair(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return hours < 24 * 365 * 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`;
}

function pair(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major}${majorUnit}` : `${major}${majorUnit}${minor}${minorUnit}`;
}
