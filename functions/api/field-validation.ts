/** The `fieldValidation` parameter: what becomes of fields that the schema does not know, and of those that come twice. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** Under Strict, all problems in one. */
export class StrictDecodingError extends Error {
  constructor(problems: readonly string[]) {
    super(`strict decoding error: ${problems.join(', ')}`);
    this.name = 'StrictDecodingError';
  }
}

export interface FieldProblems {
  /** `unknown field "spec.foo"`, `duplicate field "metadata"`. */
  fields: readonly string[];
  /** Of YAML, found before it is JSON: `line 2: key "a" already set in map`. */
  yaml?: readonly string[];
}

/** The warnings that a client gets; throws StrictDecodingError. */
export function judgeFields({ fields, yaml = [] }: FieldProblems, validation: FieldValidation): string[] {
  if (validation === 'Ignore' || fields.length + yaml.length === 0) return [];
  if (validation === 'Warn') return [...yaml, ...fields];
  const unmarshal = yaml.length === 0 ? [] : [`yaml: unmarshal errors:\n${yaml.map((problem) => `  ${problem}`).join('\n')}`];
  throw new StrictDecodingError([...unmarshal, ...fields]);
}
