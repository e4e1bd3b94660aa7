import { expect, test } from 'vitest';
import { keptSecret } from '#adapters/ssm/kept-secret';

interface Asked {
  Name: string;
  Value?: string;
}

const refusal = (type: string, status = 400) => ({ status, body: { __type: `com.amazonaws.ssm#${type}` } });

/** Systems Manager with one parameter; `troubles` come before its answers, one each. */
function systemsManager({ kept, troubles = [] }: { kept?: string; troubles?: ReturnType<typeof refusal>[] }) {
  let value = kept;
  const answer = (operation: string, { Value }: Asked): { status: number; body: object } => {
    const trouble = troubles.shift();
    if (trouble !== undefined) return trouble;
    if (operation === 'GetParameter') return value === undefined ? refusal('ParameterNotFound') : { status: 200, body: { Parameter: { Value: value } } };
    if (value !== undefined) return refusal('ParameterAlreadyExists');
    value = Value;
    return { status: 200, body: {} };
  };
  return {
    endpoint: new URL('https://ssm.test'),
    name: '/installation/secrets',
    clock: { sleep: async () => undefined },
    fetch: async (_url: URL, { headers, body }: { headers: Record<string, string>; body: string }) => {
      const { status, body: answered } = answer(headers['x-amz-target']?.split('.')[1] ?? '', JSON.parse(body) as Asked);
      return Response.json(answered, { status });
    },
  };
}

test('a secret is made once; of two who begin, both get the one that was stored first', async () => {
  const ssm = systemsManager({});
  const [one, two] = await Promise.all([keptSecret(ssm, async () => 'one'), keptSecret(ssm, async () => 'two')]);
  expect(one).toBe(two);
  expect(await keptSecret(ssm, async () => 'three')).toBe(one);
});

test('what passes is asked again, and what does not is told', async () => {
  expect(await keptSecret(systemsManager({ kept: 'kept', troubles: [refusal('ThrottlingException'), refusal('InternalServerError', 500)] }), async () => 'other')).toBe('kept');
  await expect(keptSecret(systemsManager({ troubles: [refusal('AccessDeniedException')] }), async () => 'other')).rejects.toThrow('GetParameter of Systems Manager: AccessDeniedException');
  await expect(keptSecret(systemsManager({ troubles: Array.from({ length: 3 }, () => refusal('ThrottlingException')) }), async () => 'other')).rejects.toMatchObject({ code: 'Unavailable' });
});
