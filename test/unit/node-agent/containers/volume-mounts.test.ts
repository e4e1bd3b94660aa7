import { expect, test } from 'vitest';
import { subPathOf } from '#node-agent/containers/volume-mounts';

const at = (subPathExpr: string): string => subPathOf({ name: 'v', mountPath: '/m', subPathExpr }, new Map([['POD', 'p1'], ['UP', '..'], ['ROOT', '/etc']]));

test('subPathExpr is expanded with the variables of the container', () => {
  expect(at('logs/$(POD)')).toBe('logs/p1');
  expect(subPathOf({ name: 'v', mountPath: '/m', subPath: '$(POD)' }, new Map([['POD', 'p1']]))).toBe('$(POD)');
  expect(subPathOf({ name: 'v', mountPath: '/m' }, new Map())).toBe('');
});

test.each([
  ['$(NONE)', 'no value for "NONE"'],
  ['$(ROOT)', 'absolute path'],
  ['a/$(UP)/b', 'path with ".."'],
])('%s is refused', (expression, message) => {
  expect(() => at(expression)).toThrow(message);
});
