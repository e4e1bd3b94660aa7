import { expect, test } from 'vitest';
import { freeRanges, RANGE_SLOTS, rangesOfSlot, share } from '#core/cluster-ranges';

const FIRST_ON_AWS = { podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16', loadBalancerCidr: '10.97.0.0/24' };

test('a cluster gets addresses that no other has, for as long as there are any', () => {
  const slots = Array.from({ length: RANGE_SLOTS }, (_, slot) => rangesOfSlot(slot));
  const usable = slots.filter((slot) => !share(slot, FIRST_ON_AWS));
  expect(usable.length).toBeGreaterThan(RANGE_SLOTS - 16);
  expect(freeRanges([FIRST_ON_AWS, ...usable.slice(1)], 250)).toEqual(usable[0]);
  expect(freeRanges([FIRST_ON_AWS, ...usable], 250)).toEqual(rangesOfSlot(250));
});
