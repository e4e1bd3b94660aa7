import { describe, expect, test } from 'vitest';
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
