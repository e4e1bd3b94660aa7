import { isDeepStrictEqual } from 'node:util';
import { Failure } from '#client/failure';
import type { Template } from './synthesised-app.ts';

/** What a deployment is going to do to the stack. */
export interface Plan {
  add: Resource[];
  change: Resource[];
  remove: Resource[];
  /** Of the stack's parameters, other than secrets. */
  parameters: { name: string; from: string; to: string }[];
}

export interface Resource {
  /** The template's own name of it. */
  id: string;
  type: string;
}

interface State {
  template: Template;
  parameters: Readonly<Record<string, string>>;
}

const NOTHING: State = { template: { Resources: {} }, parameters: {} };

/** By comparing templates, so that nothing needs to be made to know it. */
export function planOf(wanted: State, there: State = NOTHING): Plan {
  const before = there.template.Resources;
  const after = wanted.template.Resources;
  const resources = (of: Template['Resources'], which: (id: string) => boolean): Resource[] => Object.entries(of).filter(([id]) => which(id)).map(([id, { Type: type }]) => ({ id, type }));
  return {
    add: resources(after, (id) => before[id] === undefined),
    change: resources(after, (id) => before[id] !== undefined && !isDeepStrictEqual(before[id], after[id])),
    remove: resources(before, (id) => after[id] === undefined),
    parameters: Object.entries(wanted.parameters).flatMap(([name, to]) => (there.parameters[name] === to ? [] : [{ name, from: there.parameters[name] ?? '', to }])),
  };
}

export function changesNothing({ add, change, remove, parameters }: Plan): boolean {
  return add.length + change.length + remove.length + parameters.length === 0;
}

/** An installation whose data is in a restored table has none of its stack's own: an app that was not told so would begin with an empty one. */
export function refuseToBeginAnew({ add }: Plan, table: string | undefined): void {
  if (table === undefined || !add.some(({ type }) => type === 'AWS::DynamoDB::Table')) return;
  throw new Failure('this app would begin with an empty table', { why: `the installation is in the restored table ${table}, and the app does not say so`, fix: 'Synthesise it with the context `restoredTableStream`, and name its folder by --app.' });
}
