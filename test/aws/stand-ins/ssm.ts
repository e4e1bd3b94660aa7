import { jsonAnswer, type Answer, type Call } from '../endpoint/call.ts';

/** Parameters of Systems Manager, as far as they are used: get, and put without overwriting. */
export function createSsm(): (call: Call) => Answer {
  const parameters = new Map<string, { Value: string; Type: string }>();
  return ({ operation, body }) => {
    const { Name, Value, Type, Overwrite } = JSON.parse(body.toString()) as { Name: string; Value: string; Type: string; Overwrite?: boolean };
    const there = parameters.get(Name);
    switch (operation) {
      case 'GetParameter':
        return there ? jsonAnswer(200, { Parameter: { Name, ...there, Version: 1 } }) : refusal('ParameterNotFound', `no parameter ${Name}`);
      case 'PutParameter':
        if (there && !Overwrite) return refusal('ParameterAlreadyExists', `the parameter ${Name} exists`);
        if (Value.length > 4096) return refusal('ValidationException', 'a parameter of the standard tier holds 4096 characters');
        parameters.set(Name, { Value, Type });
        return jsonAnswer(200, { Version: 1, Tier: 'Standard' });
      default:
        return refusal('UnknownOperationException', operation);
    }
  };
}

function refusal(type: string, message: string): Answer {
  return jsonAnswer(400, { __type: type, message });
}
