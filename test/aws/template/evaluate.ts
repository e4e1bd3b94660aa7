/**
 * CloudFormation's intrinsic functions, as far as the template uses them; an unknown one is an error, never ignored.
 */
export interface Scope {
  /** `Ref` of a resource, a parameter or a pseudo parameter. */
  ref(name: string): unknown;
  /** `Fn::GetAtt`. */
  attribute(resource: string, attribute: string): unknown;
}

export const NO_VALUE = Symbol('AWS::NoValue');

export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const [key = '', ...more] = Object.keys(value);
  const argument = (value as Record<string, unknown>)[key];
  if (more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return call(key, argument, scope);
  const evaluated = Object.entries(value).map(([name, inner]) => [name, evaluate(inner, scope)] as const);
  return Object.fromEntries(evaluated.filter(([, inner]) => inner !== NO_VALUE));
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  const list = () => evaluate(argument, scope) as unknown[];
  switch (name) {
    case 'Ref':
      return scope.ref(argument as string);
    case 'Fn::GetAtt': {
      const [resource = '', attribute = ''] = Array.isArray(argument) ? (argument as string[]) : (argument as string).split('.');
      return scope.attribute(resource, attribute);
    }
    case 'Fn::Join': {
      const [separator, parts] = list() as [string, unknown[]];
      return parts.map(text).join(separator);
    }
    case 'Fn::Split': {
      const [separator, whole] = list() as [string, string];
      return whole.split(separator);
    }
    case 'Fn::Select': {
      const [index, of] = list() as [number | string, unknown[]];
      return of[Number(index)];
    }
    case 'Fn::Sub':
      if (typeof argument !== 'string') throw new Error('Fn::Sub with variables of its own is not used by this template');
      return argument.replace(/\$\{([^}]+)\}/g, (_, inner: string) => {
        const [resource = '', attribute] = inner.split('.');
        return text(attribute === undefined ? scope.ref(resource) : scope.attribute(resource, attribute));
      });
    default:
      throw new Error(`the emulator does not know ${name}`);
  }
}

function text(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`not a text: ${JSON.stringify(value)}`);
}
