import { expect, test } from 'vitest';
import { signatureHeaders } from '#adapters/api-gateway/signature';

// The SDK's own signer gives the same for this request.
test('a call of @connections is signed as AWS checks it', () => {
  const url = new URL(`https://abc.execute-api.us-east-1.amazonaws.com/live/@connections/${encodeURIComponent('L0SM9cOFvHcCIhw=')}`);
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: 'token' };
  expect(signatureHeaders({ method: 'POST', url, body: '5 3 aGVsbG8=' }, { service: 'execute-api', region: 'us-east-1', nowMs: Date.UTC(2015, 7, 30, 12, 36), credentials })).toEqual({
    'x-amz-date': '20150830T123600Z',
    'x-amz-security-token': 'token',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=449f882bb0dd63a1c1c87a05ae31e698f31ba01deceef544b647648dc6e23217',
  });
});
