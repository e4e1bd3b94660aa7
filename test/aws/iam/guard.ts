import { ACCOUNT_KEY } from '../account.ts';
import { refusal, type Answer, type Call, type Wire } from '../endpoint/call.ts';
import type { Callers } from '../lambda/callers.ts';
import type { Authority } from './authority.ts';
import { rightsOf } from './right.ts';
import { arnOf } from './role.ts';

/** Lets nobody do what the role's policies do not allow, and answers in the service's own words. */
export function createGuard({ authority, callers }: { authority: Authority; callers: Callers }): Wire {
  return async (call, next) => {
    if (call.accessKeyId === ACCOUNT_KEY) return next(call);
    const caller = callers.of(call.accessKeyId);
    if (caller === undefined) return refusal(call.service, UNKNOWN_KEY[call.service]);
    if (caller.expiresAtMs !== undefined && caller.expiresAtMs <= Date.now()) return refusal(call.service, EXPIRED[call.service]);
    for (const right of rightsOf(call)) {
      if (!(await authority.isAllowed(caller.principal, right))) return denied(call, { ...right, who: arnOf(caller.principal) });
    }
    return next({ ...call, caller });
  };
}

const UNRECOGNIZED = { code: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' };
const INVALID_TOKEN = { code: 'InvalidClientTokenId', message: 'The security token included in the request is invalid.', status: 403 };
const UNKNOWN_KEY = { dynamodb: UNRECOGNIZED, ssm: UNRECOGNIZED, sqs: INVALID_TOKEN, sts: INVALID_TOKEN, 'execute-api': { ...UNRECOGNIZED, status: 403 } };

const EXPIRED_TOKEN = { code: 'ExpiredToken', message: 'The security token included in the request is expired', status: 403 };
const EXPIRED_TOKEN_EXCEPTION = { ...EXPIRED_TOKEN, code: 'ExpiredTokenException', status: 400 };
const EXPIRED = { dynamodb: EXPIRED_TOKEN_EXCEPTION, ssm: EXPIRED_TOKEN_EXCEPTION, sqs: EXPIRED_TOKEN, sts: EXPIRED_TOKEN, 'execute-api': EXPIRED_TOKEN };

function denied({ service }: Call, { who, action, resource }: { who: string; action: string; resource: string }): Answer {
  const named = service === 'sqs' ? action.toLowerCase() : action;
  const message = `User: ${who} is not authorized to perform: ${named} on resource: ${resource} because no identity-based policy allows the ${named} action`;
  return refusal(service, { code: service === 'sts' ? 'AccessDenied' : 'AccessDeniedException', message, status: service === 'dynamodb' || service === 'ssm' ? 400 : 403 });
}
