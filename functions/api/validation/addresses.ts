import { hasLeadingZero, isIpv4 } from '../ipv4.ts';

const NOT_AN_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function isIpv6(text: string): boolean {
  if (!text.includes(':') || !/^[0-9a-fA-F:.]+$/.test(text)) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === '' ? 0 : groupCount(half)));
  if (groups.some(Number.isNaN)) return false;
  const total = groups.reduce((sum, count) => sum + count, 0);
  return halves.length === 2 ? total < 8 : total === 8;
}

export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/** As net.ParseCIDR, with the leading zeros that elder objects may have. */
export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return isIpv4(address) ? Number(bits) <= 32 : isIpv6(address) && Number(bits) <= 128;
}

/** Whether the second range is a part of the first, and not all of it. */
export function containsCidr(outer: string, inner: string): boolean {
  const [outside, inside] = [outer, inner].map((cidr) => ({ bits: bitsOf(cidr.split('/')[0] ?? ''), length: Number(cidr.split('/')[1]) }));
  if (!outside || !inside || outside.bits.length !== inside.bits.length) return false;
  return inside.length > outside.length && inside.bits.startsWith(outside.bits.slice(0, outside.length));
}

/** For fields that have always been read leniently (leading zeros). */
export function legacyIpProblems(text: string): string[] {
  return isIp(text) ? [] : [NOT_AN_IP];
}

/** For newer fields: one way to write an address. */
export function ipProblems(text: string): string[] {
  if (!isIp(text)) return [NOT_AN_IP];
  if (isMappedIpv4(text)) return ['must not be an IPv4-mapped IPv6 address'];
  return hasLeadingZero(text) ? ['must not have leading 0s'] : [];
}

/** Where addresses are compared as text, an IPv6 one has one spelling: small letters, and its first longest run of zeros left out. */
export function canonicalIpProblems(text: string): string[] {
  const problems = ipProblems(text);
  if (problems.length > 0 || !isIpv6(text)) return problems;
  const canonical = canonicalIpv6(text);
  return canonical === text ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`];
}

export function cidrProblems(text: string): string[] {
  if (!isCidr(text)) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  return hasHostBits(text) ? ['must not have bits set beyond the prefix length'] : [];
}

/** An address that stands for one place: endpoints and external addresses must not mean "here" or "anywhere". */
export function endpointIpProblems(ip: string): string[] {
  if (ip === '0.0.0.0' || ip === '::') return [`may not be unspecified (${ip})`];
  if ((isIpv4(ip) && ip.startsWith('127.')) || ip === '::1') return ['may not be in the loopback range (127.0.0.0/8, ::1/128)'];
  if ((isIpv4(ip) && ip.startsWith('169.254.')) || /^fe[89ab]/i.test(ip)) return ['may not be in the link-local range (169.254.0.0/16, fe80::/10)'];
  if ((isIpv4(ip) && ip.startsWith('224.0.0.')) || /^ff.2:/i.test(ip)) return ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'];
  return [];
}

// As URLs have it, which is what Go writes.
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function isMappedIpv4(text: string): boolean {
  return isIpv6(text) && bitsOf(text).startsWith('0'.repeat(80) + '1'.repeat(16));
}

function hasHostBits(cidr: string): boolean {
  const [address = '', length = ''] = cidr.split('/');
  return bitsOf(address).slice(Number(length)).includes('1');
}

function bitsOf(address: string): string {
  return isIpv4(address) ? address.split('.').map((part) => Number(part).toString(2).padStart(8, '0')).join('') : ipv6Bits(address);
}

function ipv6Bits(address: string): string {
  const [head = '', tail = ''] = canonicalIpv6(address).split('::').map((half) => half.split(':').filter((group) => group !== '').map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join(''));
  return head + '0'.repeat(128 - head.length - tail.length) + tail;
}

// How many 16-bit groups one side of `::` holds; NaN when one is malformed.
function groupCount(half: string): number {
  const groups = half.split(':');
  return groups.reduce((count, group, i) => {
    if (group.includes('.')) return i === groups.length - 1 && isIpv4(group) ? count + 2 : Number.NaN;
    return /^[0-9a-fA-F]{1,4}$/.test(group) ? count + 1 : Number.NaN;
  }, 0);
}
