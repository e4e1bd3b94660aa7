import { describe, expect, test } from 'vitest';
import { encodeProtobuf } from '#api/codec/protobuf';
import { DecodeError, decodeBody } from '#api/decode';
import type { FieldValidation } from '#api/field-validation';
import recorded from './decode.recorded.json' with { type: 'json' };

interface Recorded {
  kind: string;
  group: string;
  version: string;
  contentType: string;
  fieldValidation: string;
  body: string;
  error?: string;
  warnings?: string[];
}

describe('bodies as kube-apiserver 1.36.3 judged them', () => {
  test.each(recorded as Recorded[])('$contentType $kind $body', ({ kind, group, version, contentType, fieldValidation, body, error, warnings }) => {
    const decode = () => decodeBody({ bytes: new TextEncoder().encode(body), contentType, expected: { group, version, kind }, fieldValidation: fieldValidation as FieldValidation });
    if (error !== undefined) expect(decode).toThrow(new DecodeError(error.startsWith('the body of the request was in an unknown format') ? 415 : 400, error));
    else expect(decode().warnings).toEqual(warnings);
  });
});

describe('protobuf', () => {
  const expected = { group: '', version: 'v1', kind: 'ConfigMap' };
  const contentType = 'application/vnd.kubernetes.protobuf';

  test('gives what the same JSON gives', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { b: 'c' } }, data: { x: 'y' }, immutable: false };
    const json = decodeBody({ bytes: new TextEncoder().encode(JSON.stringify(object)), expected, fieldValidation: 'Strict' });
    expect(decodeBody({ bytes: encodeProtobuf(object), contentType, expected, fieldValidation: 'Strict' })).toEqual(json);
  });

  test('of another kind, or no message at all', () => {
    const secret = encodeProtobuf({ apiVersion: 'v1', kind: 'Secret' });
    expect(() => decodeBody({ bytes: secret, contentType, expected, fieldValidation: 'Warn' })).toThrow('Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion');
    expect(() => decodeBody({ bytes: new TextEncoder().encode('{}'), contentType, expected, fieldValidation: 'Warn' })).toThrow(DecodeError);
  });
});
