import { jsonAnswer, parametersOf, refusal, type Answer, type Call } from '../endpoint/call.ts';

/** Parameters of Systems Manager, as far as they are used: get, put without overwriting, delete. */
export function createSsm(): (call: Call) => Answer {
  const parameters = new Map<string, { Value: string; Type: string }>();
  const refuse = (code: string, message: string): Answer => refusal('ssm', { code, message });
  return (call) => {
    const { Name, Value, Type, Overwrite } = parametersOf<{ Name: string; Value: string; Type: string; Overwrite?: boolean }>(call);
    const there = parameters.get(Name);
    switch (call.operation) {
      case 'GetParameter':
        return there ? jsonAnswer(200, { Parameter: { Name, ...there, Version: 1 } }) : refuse('ParameterNotFound', `no parameter ${Name}`);
      case 'PutParameter':
        if (there && !Overwrite) return refuse('ParameterAlreadyExists', `the parameter ${Name} exists`);
        if (Value.length > 4096) return refuse('ValidationException', 'a parameter of the standard tier holds 4096 characters');
        parameters.set(Name, { Value, Type });
        return jsonAnswer(200, { Version: 1, Tier: 'Standard' });
      case 'DeleteParameter':
        return parameters.delete(Name) ? jsonAnswer(200, {}) : refuse('ParameterNotFound', `no parameter ${Name}`);
      default:
        return refuse('UnknownOperationException', call.operation);
    }
  };
}
