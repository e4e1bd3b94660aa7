import { expect, test } from 'vitest';
import { RESOURCES } from '#api/resources';
import { rulesFor } from '#api/rules';
import { fieldMatcher, parseFieldSelector } from '#api/selectors/fields';

test.each(RESOURCES)('$group/$version $resource can be selected by name', (resource) => {
  const selects = fieldMatcher(parseFieldSelector('metadata.name=a'), resource.kind, rulesFor(resource));
  expect([selects({ metadata: { name: 'a' } }), selects({ metadata: { name: 'b' } })]).toEqual([true, false]);
});
