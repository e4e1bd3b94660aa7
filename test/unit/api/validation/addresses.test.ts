import { expect, test } from 'vitest';
import { canonicalIpProblems } from '#api/validation/addresses';

test.each([
  ['10.0.0.1', []],
  ['2001:db8::1', []],
  ['1:0:2:3:4:5:6:7', []],
  ['010.0.0.1', ['must not have leading 0s']],
  ['2001:DB8:0:0::1', ['must be in canonical form ("2001:db8::1")']],
  ['1::2:3:4:5:6:7', ['must be in canonical form ("1:0:2:3:4:5:6:7")']],
  ['::1.2.3.4', ['must be in canonical form ("::102:304")']],
  ['::ffff:1.2.3.4', ['must not be an IPv4-mapped IPv6 address']],
  ['::ffff:102:304', ['must not be an IPv4-mapped IPv6 address']],
  ['fe80::1%eth0', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
])('%s', (address, problems) => {
  expect(canonicalIpProblems(address)).toEqual(problems);
});
