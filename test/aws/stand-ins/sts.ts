import type { Answer, Call } from '../endpoint/call.ts';

const PACKED_POLICY_CHARACTERS = 2048;

/** AssumeRole: credentials that name their session. What they may do is not enforced here. */
export function createSts(): (call: Call) => Answer {
  let sessions = 0;
  return ({ operation, body }) => {
    const form = new URLSearchParams(body.toString());
    if (operation !== 'AssumeRole') return xml(400, `<ErrorResponse><Error><Code>InvalidAction</Code><Message>${operation}</Message></Error></ErrorResponse>`);
    const policy = form.get('Policy') ?? '';
    if (policy.length > PACKED_POLICY_CHARACTERS) return xml(400, '<ErrorResponse><Error><Code>PackedPolicyTooLarge</Code><Message>too large</Message></Error></ErrorResponse>');
    const seconds = Number(form.get('DurationSeconds') ?? 3600);
    const expiration = new Date(Date.now() + seconds * 1000).toISOString();
    sessions += 1;
    const credentials = `<AccessKeyId>ASIASESSION${sessions}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${expiration}</Expiration>`;
    const user = `<AssumedRoleUser><Arn>${form.get('RoleArn')}/${form.get('RoleSessionName')}</Arn><AssumedRoleId>AROA:${form.get('RoleSessionName')}</AssumedRoleId></AssumedRoleUser>`;
    return xml(200, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${credentials}</Credentials>${user}</AssumeRoleResult></AssumeRoleResponse>`);
  };
}

function xml(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
