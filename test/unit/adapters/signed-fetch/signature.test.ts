import { expect, test } from 'vitest';
import { signatureHeaders } from '#adapters/signed-fetch/signature';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: 'token' };
const nowMs = Date.UTC(2015, 7, 30, 12, 36);

// The SDK's own signer gives the same for these requests.
test('a call of @connections is signed as AWS checks it', () => {
  const url = new URL(`https://abc.execute-api.us-east-1.amazonaws.com/live/@connections/${encodeURIComponent('L0SM9cOFvHcCIhw=')}`);
  expect(signatureHeaders({ method: 'POST', url, headers: {}, body: '5 3 aGVsbG8=' }, { service: 'execute-api', region: 'us-east-1', nowMs, credentials })).toEqual({
    'x-amz-date': '20150830T123600Z',
    'x-amz-security-token': 'token',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=449f882bb0dd63a1c1c87a05ae31e698f31ba01deceef544b647648dc6e23217',
  });
});

test('its headers are signed too, in their order', () => {
  const headers = { 'x-amz-target': 'AmazonSSM.GetParameter', 'content-type': 'application/x-amz-json-1.1' };
  const request = { method: 'POST', url: new URL('https://ssm.us-east-1.amazonaws.com/'), headers, body: '{"Name":"/zeroplane/secrets"}' };
  expect(signatureHeaders(request, { service: 'ssm', region: 'us-east-1', nowMs, credentials })).toMatchObject({
    ...headers,
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ssm/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=00ad06d3433343ca72bdd109f30f6a2bb442583db83fac967665f58026648c0b',
  });
});
