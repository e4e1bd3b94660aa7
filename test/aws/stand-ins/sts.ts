import { parametersOf, refusal, xmlAnswer, type Answer, type Call } from '../endpoint/call.ts';
import type { Authority } from '../iam/authority.ts';
import type { Policy } from '../iam/role.ts';
import type { Callers } from '../lambda/callers.ts';

const PACKED_POLICY_CHARACTERS = 2048;
// A function's role that assumes another is chaining.
const CHAINED_SECONDS = 3600;

interface AssumeRole {
  RoleArn: string;
  RoleSessionName: string;
  Policy?: string;
  DurationSeconds?: string;
}

/** AssumeRole: credentials of a session, which may do what both the role and the session's own policy allow, until they expire. */
export function createSts({ authority, callers }: { authority: Authority; callers: Callers }): (call: Call) => Answer {
  return (call) => {
    const refuse = (code: string, message: string): Answer => refusal('sts', { code, message });
    if (call.operation !== 'AssumeRole') return refuse('InvalidAction', call.operation);
    const { RoleArn, RoleSessionName, Policy: policy, DurationSeconds = '3600' } = parametersOf<AssumeRole>(call);
    const role = authority.role(RoleArn);
    if (role === undefined) return refuse('AccessDenied', `no role ${RoleArn}`);
    if ((policy?.length ?? 0) > PACKED_POLICY_CHARACTERS) return refuse('PackedPolicyTooLarge', 'too large');
    if (Number(DurationSeconds) > CHAINED_SECONDS) return refuse('ValidationError', 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
    const accessKeyId = callers.newKey('SESSION');
    const expiresAtMs = Date.now() + Number(DurationSeconds) * 1000;
    const sessionPolicy = policy === undefined ? {} : { sessionPolicy: JSON.parse(policy) as Policy };
    callers.add(accessKeyId, { id: 'session', principal: { role, session: RoleSessionName, ...sessionPolicy }, expiresAtMs, kill: () => undefined });
    const credentials = `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${new Date(expiresAtMs).toISOString()}</Expiration>`;
    const user = `<AssumedRoleUser><Arn>${RoleArn}/${RoleSessionName}</Arn><AssumedRoleId>AROA:${RoleSessionName}</AssumedRoleId></AssumedRoleUser>`;
    return xmlAnswer(200, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${credentials}</Credentials>${user}</AssumeRoleResult></AssumeRoleResponse>`);
  };
}
