import { Failure } from '#client/failure';

/** What AWS, or the SDK on the way there, refused, in words that say what to do. What is nothing of these stays as it is. */
export function explained(error: unknown, { region, profile }: { region?: string | undefined; profile?: string | undefined }): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const fail = (what: string, fix: string): Failure => new Failure(what, { why: error.message, fix, cause: error });
  const login = `aws sso login${profile === undefined ? '' : ` --profile ${profile}`}`;
  const { code = error.name } = error as NodeJS.ErrnoException;
  if (EXPIRED.has(error.name) || (NO_CREDENTIALS.has(error.name) && /expired/i.test(error.message))) {
    return fail('the AWS credentials have expired', `Get new ones, for example with \`${login}\`.`);
  }
  if (NO_CREDENTIALS.has(error.name)) return fail('there are no AWS credentials', `--profile chooses those of a profile; \`aws configure\`, \`${login}\` or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY give some.`);
  if (UNKNOWN_CREDENTIALS.has(error.name)) return fail('AWS does not know these credentials', `Are they of a user who is still there, and is the region ${region ?? ''} enabled in this account?`);
  if (DENIED.has(error.name)) return fail('these credentials may not do that', 'Ask an administrator of the account for that right, or choose others with --profile.');
  if (UNREACHABLE.has(code)) return fail(`AWS does not answer in the region ${region ?? ''}`, 'Is the name of the region right, and is this machine online?');
  return '$metadata' in error ? new Failure(`AWS has refused: ${error.name}`, { why: error.message, cause: error }) : error;
}

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const UNKNOWN_CREDENTIALS = new Set(['InvalidClientTokenId', 'UnrecognizedClientException', 'SignatureDoesNotMatch', 'InvalidSignatureException', 'InvalidAccessKeyId', 'AuthFailure']);
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Forbidden']);
const UNREACHABLE = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'TimeoutError']);
