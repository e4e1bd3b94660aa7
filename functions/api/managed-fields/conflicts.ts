import { pathsOf, type FieldSet } from './field-set.ts';
import { managerId, type Manager } from './managers.ts';
import { pathText, type PathElement } from './path-element.ts';

export interface Conflict {
  manager: Manager;
  path: readonly PathElement[];
}

/** An apply without force that would change what others own. */
export class ApplyConflict extends Error {
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super(messageOf(conflicts));
    this.name = 'ApplyConflict';
    this.conflicts = conflicts;
  }

  /** As `details.causes` of the refusal have it. */
  causes(): { reason: string; message: string; field: string }[] {
    return this.conflicts.map(({ manager, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${managerText(manager)}`, field: pathText(path) }));
  }
}

export function conflictsOf(lost: readonly { manager: Manager; fields: FieldSet }[]): Conflict[] {
  const sorted = lost.map((one) => ({ ...one, id: managerId(one.manager) })).sort((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.flatMap(({ manager, fields }) => pathsOf(fields).map((path) => ({ manager, path })));
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) return `Apply failed with 1 conflict: conflict with ${managerText(first.manager)}: ${pathText(first.path)}`;
  const lines = conflicts.flatMap(({ manager, path }, i) => [...(conflicts[i - 1]?.manager === manager ? [] : [`conflicts with ${managerText(manager)}:`]), `- ${pathText(path)}`]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function managerText({ name, operation, apiVersion, subresource }: Manager): string {
  const who = `${JSON.stringify(name)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Update' ? `${who} using ${apiVersion}` : who;
}
