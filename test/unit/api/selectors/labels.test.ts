import { describe, expect, test } from 'vitest';
import { labelSelectorOf, parseLabelSelector } from '#api/selectors/labels';
import { SelectorError } from '#api/selectors/selector-error';

const labels = { app: 'web', tier: 'front', empty: '', count: '7' };

test.each([
  ['', true], ['app=web', true], ['app==web', true], ['app!=web', false], ['missing!=x', true], ['app in (db, web)', true], ['app notin (db)', true], ['missing notin (a)', true], ['app', true], ['!app', false], ['!missing', true],
  ['app=web,tier=back', false], ['empty=', true], ['empty', true], ['missing=', false], ['empty in ()', true], ['empty in (a,,b)', true], ['count>6', true], ['count>7', false], ['count<8', true], ['app>1', false], [' app = web , !x ', true],
  ['in', false], ['notin!=in', true], ['toString', false],
])('%j selects: %s', (text, selected) => {
  expect(parseLabelSelector(text).matches(labels)).toBe(selected);
});

describe('refused with the words of kube-apiserver 1.36.3', () => {
  const LABEL_VALUE =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  test.each([
    ['a in', "unable to parse requirement: found '' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (b d)', "unable to parse requirement: found 'd', expected: ',' or ')'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a,', "found '', expected: identifier after ','"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['a>=1', "unable to parse requirement: found '=', expected: identifier"],
    ['a<x', `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`],
    ['a=-b', `unable to parse requirement: values[0][a]: Invalid value: "-b": ${LABEL_VALUE}`],
    [`${'a'.repeat(70)}=x`, `unable to parse requirement: <nil>: Invalid value: "${'a'.repeat(70)}": name part must be no more than 63 bytes`],
    ['!!a', "unable to parse requirement: found '!', expected: identifier"],
  ])('%j', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(new SelectorError(message));
  });
});

test('the selector of a spec', () => {
  const selector = labelSelectorOf({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['front', 'back'] }, { key: 'x', operator: 'DoesNotExist' }] });
  expect(selector.matches(labels)).toBe(true);
  expect(selector.matches({ app: 'web' })).toBe(false);
  expect(selector.requirements).toHaveLength(3);
  expect(labelSelectorOf({}).matches({})).toBe(true);
  expect(labelSelectorOf(undefined).matches(labels)).toBe(false);
  expect(() => labelSelectorOf({ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] })).toThrow('"Gt" is not a valid label selector operator');
});
