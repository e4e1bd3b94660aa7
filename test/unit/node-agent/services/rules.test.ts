import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EndpointSlice, Service } from '#api/schema/kinds.generated';
import { readServices } from '#node-agent/services/read-services';
import { noRules, planRestore } from '#node-agent/services/restore';
import { type Rules, type Table, planRules } from '#node-agent/services/rules';
import { planFlush, udpFlows } from '#node-agent/services/udp-flows';

const settings = { prefix: 'ZP-abc123', podCidr: '10.64.0.0/18' };

const service = (spec: Service['spec'], name = 'web'): Service => ({ metadata: { namespace: 'default', name }, spec: spec ?? {} });
const slice = (addresses: { ip: string; ready?: boolean; terminating?: boolean; nodeName?: string }[], port = 8080, name = 'web'): EndpointSlice => ({
  metadata: { namespace: 'default', name: `${name}-x`, labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  endpoints: addresses.map(({ ip, ready = true, terminating = false, nodeName = 'n1' }) => ({ addresses: [ip], nodeName, conditions: { ready, serving: ready || terminating, terminating } })),
  ports: [{ name: '', port, protocol: 'TCP' }],
});
const planned = (services: Service[], slices: EndpointSlice[]) => planRules(readServices(services, slices, 'n1'), [], settings);
const all = (rules: Rules) => [...rules.nat.values(), ...rules.filter.values()].flat();

describe('the rules of a Service', () => {
  test('send its cluster IP to each endpoint with equal chance', () => {
    const rules = planned([service({ clusterIP: '10.128.0.9', ports: [{ port: 80 }] })], [slice([{ ip: '10.64.0.1' }, { ip: '10.64.0.2' }, { ip: '10.64.0.3' }])]);
    const [chain = ''] = [...rules.nat.keys()].filter((name) => !/-(SVC|POST)$/.test(name));
    expect(rules.nat.get('ZP-abc123-SVC')).toEqual([`-d 10.128.0.9/32 -p tcp -m tcp --dport 80 -m comment --comment "default/web" -j ${chain}`]);
    expect(rules.nat.get(chain)?.map((rule) => /probability ([\d.]+)/.exec(rule)?.[1])).toEqual(['0.33333333', '0.50000000', undefined]);
    expect(rules.nat.get(chain)?.at(-1)).toContain('--to-destination 10.64.0.3:8080');
  });

  test('refuse while nobody is ready, and go to those that end while all end', () => {
    const frontend = service({ clusterIP: '10.128.0.9', ports: [{ port: 80 }] });
    const none = planned([frontend], [slice([{ ip: '10.64.0.1', ready: false }])]);
    expect(none.filter.get('ZP-abc123-REJ')).toEqual(['-d 10.128.0.9/32 -p tcp -m tcp --dport 80 -j REJECT']);
    const ending = planned([frontend], [slice([{ ip: '10.64.0.1', ready: false, terminating: true }])]);
    expect(all(ending).some((rule) => rule.includes('10.64.0.1:8080'))).toBe(true);
    const replaced = planned([frontend], [slice([{ ip: '10.64.0.1', ready: false, terminating: true }, { ip: '10.64.0.2' }])]);
    expect(all(replaced).some((rule) => rule.includes('10.64.0.1:8080'))).toBe(false);
  });

  test('answer at node ports and load balancer addresses only where the type has them', () => {
    const spec = { clusterIP: '10.128.0.9', ports: [{ port: 80, nodePort: 30080 }] };
    const withIngress = { ...service({ ...spec, type: 'LoadBalancer' }), status: { loadBalancer: { ingress: [{ ip: '10.192.0.5' }] } } };
    const endpoints = [slice([{ ip: '10.64.0.1' }])];
    expect(all(planned([withIngress], endpoints)).filter((rule) => /10\.192\.0\.5|--dport 30080 -m addrtype --dst-type LOCAL/.test(rule))).toHaveLength(2);
    expect(all(planned([service({ ...spec, type: 'ClusterIP' })], endpoints)).filter((rule) => rule.includes('30080'))).toEqual([]);
  });

  test('are none for headless and external names', () => {
    const rules = planned([service({ clusterIP: 'None', ports: [{ port: 80 }] }), service({ type: 'ExternalName', externalName: 'example.com' }, 'out')], []);
    expect(rules.nat.get('ZP-abc123-SVC')).toEqual([]);
    expect(rules.filter.get('ZP-abc123-REJ')).toEqual([]);
  });
});

describe('traffic policies', () => {
  const spec = { type: 'LoadBalancer', clusterIP: '10.128.0.9', externalIPs: ['192.0.2.9'], ports: [{ port: 80, nodePort: 30080 }] };
  const here = { ip: '10.64.0.1' };
  const elsewhere = { ip: '10.64.0.2', nodeName: 'n2' };
  const external = { ...spec, externalTrafficPolicy: 'Local' };
  const internal = { ...spec, internalTrafficPolicy: 'Local' };

  /** Where a packet ends that is addressed so, by the rules; a random choice shows both of its outcomes. */
  const led = (rules: Rules, way: string, from = '203.0.113.7') => [...new Set(ends(rules, { way, from }))].sort();

  test.each([
    { spec, way: '10.128.0.9/32', ends: ['10.64.0.1:8080', '10.64.0.2:8080'] },
    { spec, way: '--dport 30080', ends: ['10.64.0.1:8080', '10.64.0.2:8080'] },
    { spec: internal, way: '10.128.0.9/32', ends: ['10.64.0.1:8080'] },
    { spec: internal, way: '--dport 30080', ends: ['10.64.0.1:8080', '10.64.0.2:8080'] },
    { spec: external, way: '10.128.0.9/32', ends: ['10.64.0.1:8080', '10.64.0.2:8080'] },
    { spec: external, way: '--dport 30080', ends: ['10.64.0.1:8080'] },
    { spec: external, way: '192.0.2.9/32', ends: ['10.64.0.1:8080'] },
    { spec: external, way: '192.0.2.9/32', from: '10.64.0.9', ends: ['10.64.0.1:8080', '10.64.0.2:8080'] },
  ])('lead $way from $from to $ends', ({ spec: policies, way, from, ends: expected }) => {
    expect(led(planned([service(policies)], [slice([here, elsewhere])]), way, from)).toEqual(expected);
  });

  test.each([
    { spec: internal, way: '10.128.0.9/32' },
    { spec: external, way: '192.0.2.9/32' },
  ])('drop what is for here when nobody is here: $way', ({ spec: policies, way }) => {
    const rules = planned([service(policies)], [slice([elsewhere])]);
    expect(led(rules, way)).toEqual([]);
    expect(rules.filter.get('ZP-abc123-REJ')).toEqual([`-d ${way} -p tcp -m tcp --dport 80 -j DROP`]);
  });
});

describe('UDP flows', () => {
  const dns = (addresses: Parameters<typeof slice>[0]) => {
    const view = readServices([service({ clusterIP: '10.128.0.9', type: 'NodePort', ports: [{ port: 53, protocol: 'UDP', nodePort: 30053 }] })], [{ ...slice(addresses), ports: [{ name: '', port: 5353, protocol: 'UDP' }] }], 'n1');
    return udpFlows(view, []);
  };
  const clusterIp = '-D -p udp --orig-dst 10.128.0.9 --orig-port-dst 53';
  const nodePort = '-D -p udp --orig-port-dst 30053';
  const [a, b] = [{ ip: '10.64.0.1' }, { ip: '10.64.0.2' }];

  test.each([
    { what: 'nothing changes', before: dns([a]), after: dns([a]), flushed: [] },
    { what: 'one more comes', before: dns([a]), after: dns([a, b]), flushed: [] },
    { what: 'one goes', before: dns([a, b]), after: dns([b]), flushed: [`${clusterIp} --dst-nat 10.64.0.1`, `${nodePort} --dst-nat 10.64.0.1`] },
    { what: 'the first comes', before: dns([]), after: dns([a]), flushed: [clusterIp, nodePort] },
    { what: 'the last goes', before: dns([a]), after: dns([]), flushed: [`${clusterIp} --dst-nat 10.64.0.1`, `${nodePort} --dst-nat 10.64.0.1`] },
    { what: 'the Service goes', before: dns([a]), after: udpFlows({ services: [] }, []), flushed: [`${clusterIp} --dst-nat 10.64.0.1`, `${nodePort} --dst-nat 10.64.0.1`] },
  ])('when $what', ({ before, after, flushed }) => {
    expect(planFlush(before, after).map((args) => args.join(' '))).toEqual(flushed);
  });
});

// The chains walked as the kernel would, for a packet that is neither random nor from this host.
function ends(rules: Rules, { way, from }: { way: string; from: string }, chain = 'ZP-abc123-SVC'): string[] {
  const passing = (rules.nat.get(chain) ?? []).filter((rule) => (chain === 'ZP-abc123-SVC' ? rule.includes(way) : !rule.includes('--src-type LOCAL')));
  const found: string[] = [];
  for (const rule of passing) {
    if (rule.startsWith(`-s ${settings.podCidr}`) && !from.startsWith('10.64.')) continue;
    const target = /--to-destination (\S+)/.exec(rule)?.[1];
    const next = / -j (ZP-\S+)$/.exec(rule)?.[1];
    found.push(...(target !== undefined ? [target] : next !== undefined ? ends(rules, { way, from }, next) : []));
    if (!rule.includes('--probability')) break;
  }
  return found;
}

test('applying the planned restores, one after the other, always ends at the wanted rules', () => {
  const arbitraryRules = fc
    .dictionary(fc.constantFrom('A', 'B', 'C', 'D'), fc.array(fc.constantFrom('-j X', '-j Y', '-j Z'), { maxLength: 3 }))
    .map((chains): Rules => ({ nat: new Map(Object.entries(chains)), filter: new Map() }));
  fc.assert(
    fc.property(fc.array(arbitraryRules, { minLength: 1, maxLength: 6 }), (sequence) => {
      const kernel = new Map<string, string[]>();
      let previous = noRules;
      for (const next of sequence) {
        interpret(planRestore(previous, next) ?? '', kernel);
        previous = next;
        expect(Object.fromEntries(kernel)).toEqual(Object.fromEntries(next.nat));
      }
    }),
  );
});

// iptables-restore --noflush in small: naming a chain makes or empties it, -A appends, -X removes an empty one.
function interpret(input: string, kernel: Map<string, string[]>): void {
  let table: Table | undefined;
  for (const line of input.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1) as Table;
    if (table !== 'nat') continue;
    const [command = '', chain = '', ...rule] = line.split(' ');
    if (line.startsWith(':')) kernel.set(command.slice(1), []);
    if (command === '-A') kernel.get(chain)?.push(rule.join(' '));
    if (command === '-X') {
      expect(kernel.get(chain)).toEqual([]);
      kernel.delete(chain);
    }
  }
}
