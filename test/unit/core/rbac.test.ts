import { expect, test } from 'vitest';
import { covers, isSubject, ruleAllows, type PolicyRule } from '#core/rbac';

const access = (text: string) => {
  const [verb = '', group = '', resource = '', name = ''] = text.split(' ');
  const [plural = '', subresource = ''] = resource.split('/');
  return { verb, group: group === 'core' ? '' : group, resource: plural, subresource, name, namespace: 'ns' };
};
const pods: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] };

test.each<[string, PolicyRule, boolean]>([
  ['get core pods', pods, true],
  ['delete core pods', pods, false],
  ['get apps pods', pods, false],
  ['get core pods/log', pods, false],
  ['get core pods/log', { ...pods, resources: ['pods/log'] }, true],
  ['get core pods/log', { ...pods, resources: ['*/log'] }, true],
  ['get core pods/log', { ...pods, resources: ['*'] }, true],
  ['get core pods x', { ...pods, resourceNames: ['x'] }, true],
  ['get core pods y', { ...pods, resourceNames: ['x'] }, false],
  ['list core pods', { ...pods, resourceNames: ['x'] }, false],
  ['delete apps deployments', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, true],
])('%s', (asked, rule, allowed) => {
  expect(ruleAllows(rule, access(asked))).toBe(allowed);
});

test.each([
  ['/version', ['/version'], true],
  ['/apis/apps', ['/apis/*'], true],
  ['/apis', ['/apis/*'], false],
  ['/metrics', ['*'], true],
])('path %s under %s', (path, nonResourceURLs, allowed) => {
  expect(ruleAllows({ verbs: ['get'], nonResourceURLs }, { verb: 'get', path })).toBe(allowed);
});

test('a rule on resources says nothing about paths, and the other way round', () => {
  expect(ruleAllows({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verb: 'get', path: '/version' })).toBe(false);
  expect(ruleAllows({ verbs: ['*'], nonResourceURLs: ['*'] }, access('get core pods'))).toBe(false);
});

test('subjects are users, groups and service accounts', () => {
  const user = { name: 'system:serviceaccount:a:b', groups: ['g'] };
  expect(isSubject({ kind: 'User', name: 'system:serviceaccount:a:b' }, user, '')).toBe(true);
  expect(isSubject({ kind: 'Group', name: 'g' }, user, '')).toBe(true);
  expect(isSubject({ kind: 'ServiceAccount', name: 'b', namespace: 'a' }, user, '')).toBe(true);
  expect(isSubject({ kind: 'ServiceAccount', name: 'b' }, user, 'a')).toBe(true);
  expect(isSubject({ kind: 'ServiceAccount', name: 'b' }, user, 'c')).toBe(false);
  expect(isSubject({ kind: 'User', name: 'g' }, user, '')).toBe(false);
});

test('nobody hands out more than they have', () => {
  const wide: PolicyRule[] = [{ verbs: ['*'], apiGroups: [''], resources: ['*'] }];
  expect(covers(wide, [pods])).toBe(true);
  expect(covers([pods], wide)).toBe(false);
  expect(covers([pods], [{ ...pods, resourceNames: ['x'] }])).toBe(true);
  expect(covers([{ ...pods, resourceNames: ['x'] }], [pods])).toBe(false);
});
