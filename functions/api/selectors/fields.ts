import type { KindRules } from '#api/kind-rules';
import type { KubeObject } from '#api/object';
import { SelectorError } from './selector-error.ts';

/** Field selectors: `spec.nodeName=a,status.phase!=Running`. */
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
  /** The value that a field must have, where the selector says exactly one: what an index can be asked. */
  exact(field: string): string | undefined;
  matches(fields: Readonly<Record<string, string>>): boolean;
}

export interface FieldRequirement {
  field: string;
  operator: '=' | '!=';
  value: string;
}

export function parseFieldSelector(text: string): FieldSelector {
  const requirements = termsOf(text).map(requirementOf);
  return {
    requirements,
    exact: (field) => requirements.find((one) => one.field === field && one.operator === '=')?.value,
    matches: (fields) => requirements.every(({ field, operator, value }) => ((fields[field] ?? '') === value) === (operator === '=')),
  };
}

/** Whether an object of this kind is selected. Throws SelectorError for a field by which the kind cannot be selected. */
export function fieldMatcher(selector: FieldSelector, kind: string, rules: KindRules): (object: KubeObject) => boolean {
  const known = new Set(Object.keys(fieldsOf({ metadata: {} }, rules)));
  const unknown = selector.requirements.find(({ field }) => !known.has(field));
  if (unknown) throw new SelectorError(notSelectable(unknown.field, kind, rules));
  return (object) => selector.matches(fieldsOf(object, rules));
}

function fieldsOf(object: KubeObject, rules: KindRules): Record<string, string> {
  return { 'metadata.name': object.metadata.name ?? '', 'metadata.namespace': object.metadata.namespace ?? '', ...rules.selectableFields?.(object) };
}

// The API server's own kinds of answer differ by who wrote them.
function notSelectable(field: string, kind: string, rules: KindRules): string {
  if (kind === 'Job') return `field label "${field}" not supported for Job`;
  if (rules.selectableFields) return `field label not supported: ${field}`;
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

// Commas separate, unless escaped; empty terms say nothing.
function termsOf(text: string): string[] {
  return text.match(/(?:\\.?|[^,\\])+/gsu) ?? [];
}

function requirementOf(term: string): FieldRequirement {
  const [, field, operator, value] = /^(.*?)(!=|==|=)(.*)$/su.exec(term) ?? [];
  if (field === undefined || value === undefined) throw new SelectorError(`invalid selector: '${term}'; can't understand '${term}'`);
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescaped(value) };
}

function unescaped(value: string): string {
  return value.replace(/\\(.?)|[,=]/gsu, (found, escaped?: string) => {
    if (escaped === undefined) throw new SelectorError(`invalid field selector: unescaped character in value: ${found.charCodeAt(0)}`);
    if (escaped === '' || !'\\,='.includes(escaped)) throw new SelectorError(`invalid field selector: invalid escape sequence: \\${escaped}`);
    return escaped;
  });
}
