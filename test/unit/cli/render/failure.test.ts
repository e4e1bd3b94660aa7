import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ApiError } from '#client/api-error';
import { Failure } from '#client/failure';
import { printFailure } from '#cli/render/failure';

function printed(error: unknown): string {
  const out = new PassThrough();
  printFailure(error, out as unknown as NodeJS.WriteStream);
  return String(out.read());
}
const refusal = (reason: string, message: string, code = 422, causes?: object[]) => new ApiError({ code, reason, message, ...(causes === undefined ? {} : { details: { causes } }) });

test.each<[string, unknown, string]>([
  ['what, why and the fix', new Failure('it does not go', { why: 'because\nof that', fix: 'Do this.' }), 'error: it does not go\n  because\n  of that\n\nDo this.\n'],
  ['a refusal in kubectl’s words', refusal('NotFound', 'pods "a" not found', 404), 'Error from server (NotFound): pods "a" not found\n'],
  ['a wrong object, field by field', refusal('Invalid', 'Pod "a" is invalid: [x: y, z: w]', 422, [{ field: 'x', message: 'y' }, { field: 'z', message: 'w' }]), 'error: The Pod "a" is invalid\n  x: y\n  z: w\n'],
  ['fields of somebody else', refusal('Conflict', 'Apply failed with 1 conflict: ...', 409, [{ reason: 'FieldManagerConflict', field: '.spec' }]), 'Error from server (Conflict): Apply failed with 1 conflict: ...\n\n--force-conflicts takes these fields over.\n'],
])('%s', (_what, error, expected) => {
  expect(printed(error)).toBe(expected);
});

test('a cluster that is not there says how to start it', () => {
  expect(printed(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6443'), { code: 'ECONNREFUSED' }))).toMatch(/^error: the cluster does not answer\n {2}connect ECONNREFUSED 127.0.0.1:6443\n\n.*`zeroplane up` starts it/);
});
