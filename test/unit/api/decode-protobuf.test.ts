import { expect, test } from 'vitest';
import { encodeProtobuf } from '#api/codec/protobuf';
import { decodeBody, DecodeError } from '#api/decode';

// Refused bodies and what kube-apiserver 1.36.3 answers to each, sent to a ConfigMap's route.
const configMap = encodeProtobuf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b' } } as object);
const UNRECOGNIZED = 'the object provided is unrecognized (must be of type ConfigMap):';

test.each([
  ['no bytes', new Uint8Array(), `${UNRECOGNIZED} empty data (<empty>)`],
  ['no magic', new TextEncoder().encode('{}'), `${UNRECOGNIZED} provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})`],
  ['nothing but magic', configMap.slice(0, 4), `${UNRECOGNIZED} empty body (6b387300)`],
  ['a truncated envelope', configMap.slice(0, 20), `${UNRECOGNIZED} unexpected EOF (6b3873000a0f0a0276311209436f6e6669674d61)`],
  ['an unknown kind', replaced('ConfigMap', 'ConfigMup'), 'ConfigMup in version "v1" cannot be handled as a ConfigMap: no kind "ConfigMup" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"'],
  ['an unknown version', replaced('v1', 'v7'), 'ConfigMap in version "v7" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v7" in scheme "pkg/runtime/scheme.go:111"'],
  ['another kind', encodeProtobuf({ apiVersion: 'v1', kind: 'Pod' }), 'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion'],
])('%s', (_name, bytes, message) => {
  expect(() => decode(bytes)).toThrow(new DecodeError(400, message));
});

test('an envelope that names no kind holds what the route expects', () => {
  const unnamed = Uint8Array.from([...configMap.slice(0, 4), 0x0a, 0x04, 0x0a, 0x02, 0x76, 0x31, 0x12, 0x00]); // apiVersion v1, an empty message
  expect(decode(unnamed).object).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} });
});

function replaced(from: string, to: string): Uint8Array {
  return Uint8Array.from(Buffer.from(Buffer.from(configMap).toString('latin1').replace(from, to), 'latin1'));
}

function decode(bytes: Uint8Array) {
  return decodeBody({ bytes, contentType: 'application/vnd.kubernetes.protobuf', expected: { group: '', version: 'v1', kind: 'ConfigMap' }, fieldValidation: 'Warn' });
}
