import packet from 'dns-packet';
import { expect, test } from 'vitest';
import { answerQuery } from '#node-agent/dns/answer';
import { indexServices } from '#node-agent/dns/records';
import type { DnsProtocol, Upstream } from '#node-agent/dns/upstream';
import type { ServiceFacts } from '#node-agent/services/service-view';

const base: ServiceFacts = { namespace: 'default', name: 'web', type: 'ClusterIP', clusterIps: ['10.128.0.9'], headless: false, externalIps: [], ingressIps: [], sourceRanges: [], ports: [], publishNotReady: false, endpoints: [] };
const many = Array.from({ length: 60 }, (_, i) => ({ ip: `10.64.0.${i + 1}`, ready: true, terminating: false, ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] }));
const alias = (name: string, externalName: string): ServiceFacts => ({ ...base, name, type: 'ExternalName', clusterIps: [], externalName });
const index = indexServices({ services: [base, { ...base, name: 'many', clusterIps: [], headless: true, endpoints: many }, alias('inside', 'web.default.svc.cluster.local'), alias('outside', 'example.com'), alias('round', 'round.default.svc.cluster.local')] }, 'cluster.local');

// A resolver that knows one name.
const asked: DnsProtocol[] = [];
const upstream: Upstream = {
  async forward(query, protocol) {
    asked.push(protocol);
    const { id = 0, questions = [] } = packet.decode(query);
    return packet.encode({ type: 'response', id, questions, answers: [{ type: 'A', name: questions[0]?.name ?? '', ttl: 60, data: '192.0.2.1' }] });
  },
};

interface Asked {
  type?: packet.RecordType;
  protocol?: DnsProtocol;
  payloadBytes?: number;
}
async function ask(name: string, { type = 'A', protocol = 'udp', payloadBytes }: Asked = {}): Promise<{ bytes: number; message: packet.DecodedPacket; data: unknown[] }> {
  const options: packet.OptAnswer[] = payloadBytes === undefined ? [] : [{ type: 'OPT', name: '.', udpPayloadSize: payloadBytes, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] }];
  const query = packet.encode({ type: 'query', id: 7, flags: packet.RECURSION_DESIRED, questions: [{ type, name }], additionals: options });
  const answer = (await answerQuery(query, { index, upstream, protocol })) ?? Buffer.alloc(0);
  const message = packet.decode(answer);
  return { bytes: answer.length, message, data: (message.answers ?? []).map((record) => ('data' in record ? record.data : undefined)) };
}
const code = (message: packet.DecodedPacket) => (message as { rcode?: string }).rcode;

test('an alias is answered with what is behind it, in the cluster and outside', async () => {
  expect((await ask('inside.default.svc.cluster.local')).data).toEqual(['web.default.svc.cluster.local', '10.128.0.9']);
  expect((await ask('outside.default.svc.cluster.local')).data).toEqual(['example.com', '192.0.2.1']);
  expect((await ask('outside.default.svc.cluster.local', { type: 'CNAME' })).data).toEqual(['example.com']);
  expect((await ask('round.default.svc.cluster.local')).data[0]).toBe('round.default.svc.cluster.local');
});

test('"no such name" and "no such record" differ, and both say for how long', async () => {
  const [name, record] = await Promise.all([ask('nobody.default.svc.cluster.local'), ask('web.default.svc.cluster.local', { type: 'AAAA' })]);
  expect([code(name.message), code(record.message)]).toEqual(['NXDOMAIN', 'NOERROR']);
  for (const { message } of [name, record]) expect(message.authorities).toMatchObject([{ type: 'SOA', name: 'cluster.local', ttl: 5 }]);
});

test.each([
  { by: { protocol: 'udp' }, limitBytes: 512, whole: false },
  { by: { protocol: 'udp', payloadBytes: 4096 }, limitBytes: 1232, whole: false },
  { by: { protocol: 'udp', payloadBytes: 100 }, limitBytes: 512, whole: false },
  { by: { protocol: 'tcp' }, limitBytes: 65_535, whole: true },
] satisfies { by: Asked; limitBytes: number; whole: boolean }[])('an answer by $by is at most $limitBytes octets long', async ({ by, limitBytes, whole }) => {
  const { bytes, message, data } = await ask('many.default.svc.cluster.local', by);
  expect(bytes).toBeLessThanOrEqual(limitBytes);
  expect(message.flag_tc).toBe(!whole);
  expect(data.length === 60).toBe(whole);
  expect(data.length).toBeGreaterThan(3);
  expect((message.additionals ?? []).filter(({ type }) => type === 'OPT')).toHaveLength('payloadBytes' in by ? 1 : 0);
});

test('what is not of the cluster is asked for by the protocol that the client came by', async () => {
  asked.length = 0;
  expect((await ask('example.com', { protocol: 'tcp' })).data).toEqual(['192.0.2.1']);
  expect((await ask('example.com')).data).toEqual(['192.0.2.1']);
  expect(asked).toEqual(['tcp', 'udp']);
});

test('before the Services are known nothing is denied, and what is no query gets no answer', async () => {
  const query = packet.encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'web.default.svc.cluster.local' }] });
  const early = await answerQuery(query, { index: undefined, upstream, protocol: 'udp' });
  expect(code(packet.decode(early ?? Buffer.alloc(0)))).toBe('SERVFAIL');
  expect(await answerQuery(Buffer.from('junk'), { index, upstream, protocol: 'udp' })).toBeUndefined();
  expect(await answerQuery(packet.encode({ type: 'response', id: 7, questions: [{ type: 'A', name: 'x' }] }), { index, upstream, protocol: 'udp' })).toBeUndefined();
});
