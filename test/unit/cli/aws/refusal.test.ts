import { expect, test } from 'vitest';
import { explained } from '#cli/aws/refusal';
import { Failure } from '#client/failure';

function refusal(name: string, message = '', more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

test.each([
  [refusal('CredentialsProviderError', 'Could not load credentials from any providers'), 'there are no AWS credentials'],
  [refusal('CredentialsProviderError', 'The SSO session associated with this profile has expired.'), 'the AWS credentials have expired'],
  [refusal('TokenProviderError', 'Token is expired'), 'the AWS credentials have expired'],
  [refusal('ExpiredTokenException'), 'the AWS credentials have expired'],
  [refusal('InvalidClientTokenId'), 'AWS does not know these credentials'],
  [refusal('AccessDenied', 'ada may not call cloudformation:CreateStack'), 'these credentials may not do that'],
  [refusal('Error', 'getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }), 'AWS does not answer in the region eu-nowhere-9'],
  [refusal('LimitExceededException', 'too many stacks', { $metadata: {} }), 'AWS has refused: LimitExceededException'],
])('%s', (error, what) => {
  const told = explained(error, { region: 'eu-nowhere-9', profile: 'work' });
  expect(told).toBeInstanceOf(Failure);
  expect(told).toMatchObject({ message: what, why: error.message, cause: error });
});

test('an expired session is renewed by its profile', () => {
  expect((explained(refusal('ExpiredToken'), { profile: 'work' }) as Failure).fix).toContain('aws sso login --profile work');
});

test('what is nothing of AWS stays as it is', () => {
  const bug = new TypeError('x is undefined');
  expect(explained(bug, {})).toBe(bug);
});
