import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import packet from 'dns-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DnsServer, startDnsServer } from '#node-agent/dns/server';
import { createUpstream } from '#node-agent/dns/upstream';
import { indexServices } from '#node-agent/dns/records';
import type { HostCommand } from '#node-agent/network/host-command';
import type { PodAttachment } from '#node-agent/network/pod-network';
import { vethNetwork } from '#node-agent/network/veth-network';
import { type ServiceProxy, createServiceProxy } from '#node-agent/services/proxy';
import type { ServiceFacts } from '#node-agent/services/service-view';
import { eventually } from '#test/support/eventually';

// The kernel's own answer: pods are network namespaces that this test makes, with a small server in each. Ranges are of the documentation kind, used by no cluster.
const exec = promisify(execFile);
const ranges = { podCidr: '198.18.7.0/24', serviceCidr: '198.19.7.0/24', loadBalancerCidr: '198.19.8.0/24', dnsIp: '198.19.7.10' };
const clusterUid = `test-${process.pid}`;
const run: HostCommand = async (command, args, stdin) => {
  const running = exec(command, args);
  if (stdin !== undefined) running.child.stdin?.end(stdin);
  return (await running).stdout;
};

let network: ReturnType<typeof vethNetwork>;
let proxy: ServiceProxy;
let dns: DnsServer;
const sandboxes: ChildProcess[] = [];
const pods: PodAttachment[] = [];

beforeAll(async () => {
  proxy = createServiceProxy({ clusterUid, node: 'n1', ...ranges, run, log: (message, error) => expect.unreachable(`${message}: ${String(error)}`) });
  network = vethNetwork({ clusterUid, node: 'n1', podCidr: ranges.podCidr, dns: undefined, run, onHostPorts: (attached) => proxy.setHostPorts(attached) });
  await proxy.open();
  await network.adopt([]);
  for (const name of ['a', 'b']) pods.push(await startPod(name));
  dns = startDnsServer({ address: ranges.dnsIp, upstream: createUpstream([]), onError: (error) => expect.unreachable(String(error)) });
});

afterAll(async () => {
  await dns.close();
  await network.removeAll();
  await proxy.removeAll();
  for (const sandbox of sandboxes) sandbox.kill('SIGKILL');
});

test('pods and the host reach each other by address', async () => {
  const [a, b] = pods;
  expect(await fromHost(`${a?.ip}:8080`)).toBe('a');
  expect(await fromPod(a, `${b?.ip}:8080`)).toBe('b');
});

test('a Service is reached from the host, from pods, and by a pod behind it through itself', async () => {
  const [a] = pods;
  await proxy.setServices({ services: [facts([a])] });
  expect(await fromHost('198.19.7.20:80')).toBe('a');
  expect(await fromPod(pods[1], '198.19.7.20:80')).toBe('a');
  expect(await fromPod(a, '198.19.7.20:80')).toBe('a');
  expect(await fromHost('198.19.8.5:80')).toBe('a'); // load balancer address
  expect(await fromHost('127.0.0.1:32007')).toBe('a'); // node port
});

test('an endpoint that is dropped gets no new connection, and none left means refused at once', async () => {
  await proxy.setServices({ services: [facts([pods[1]])] });
  for (let i = 0; i < 5; i++) expect(await fromHost('198.19.7.20:80')).toBe('b');
  await proxy.setServices({ services: [facts([])] });
  await expect(fromHost('198.19.7.20:80')).rejects.toThrow(/refused|ECONNREFUSED/i);
});

test('an agent that starts again leaves the rules alone until it knows the Services, and then changes only what differs', async () => {
  await proxy.setServices({ services: [facts([pods[1]])] });
  const again = createServiceProxy({ clusterUid, node: 'n1', ...ranges, run, log: (message, error) => expect.unreachable(`${message}: ${String(error)}`) });
  await again.open();
  await again.setHostPorts([]);
  expect(await fromHost('198.19.7.20:80')).toBe('b');
  await again.setServices({ services: [{ ...facts([pods[0]]), name: 'renamed' }] });
  expect(await fromHost('198.19.7.20:80')).toBe('a');
  proxy = again;
  const leads = (await run('iptables-save', [])).split('\n').filter((line) => /^-A (PREROUTING|OUTPUT|POSTROUTING|FORWARD) /.test(line) && line.includes(chainPrefix()));
  expect(leads).toHaveLength(6);
});

test('a program of the host itself may be behind a Service, at any address of the host', async () => {
  const server = createServer((_, response) => response.end('host'));
  await new Promise<void>((up) => server.listen(8080, ranges.dnsIp, up));
  try {
    await proxy.setServices({ services: [facts([{ ...attachment('host'), ip: ranges.dnsIp }])] });
    expect(await fromPod(pods[0], '198.19.7.20:80')).toBe('host');
    expect(await fromHost('198.19.7.20:80')).toBe('host');
  } finally {
    server.close();
  }
});

test('with affinity a client stays with its endpoint, and without it again goes to all', async () => {
  const answers = async (address: string) => new Set(await Promise.all(Array.from({ length: 12 }, () => fromHost(address))));
  await proxy.setServices({ services: [facts(pods, { affinitySeconds: 60 })] });
  const [first] = await answers('198.19.7.20:80');
  for (const address of ['198.19.7.20:80', '127.0.0.1:32007']) expect((await answers(address)).size, address).toBe(1);
  await proxy.setServices({ services: [facts(pods.filter(({ name }) => name !== first), { affinitySeconds: 60 })] });
  expect(await answers('198.19.7.20:80')).toEqual(new Set(pods.map(({ name }) => name).filter((name) => name !== first)));
  await proxy.setServices({ services: [facts(pods)] });
  expect((await answers('198.19.7.20:80')).size).toBe(2);
});

test('a UDP client that keeps sending from one port is led to the pods that are there now', async () => {
  const client = createSocket('udp4');
  const answers: string[] = [];
  client.on('message', (message) => answers.push(message.toString()));
  const sending = setInterval(() => client.send('?', 80, '198.19.7.20'), 20);
  try {
    for (const pod of pods) {
      await proxy.setServices({ services: [facts([pod], {}, 'UDP')] });
      await eventually(`${pod.name} answers`, async () => answers.at(-1) === pod.name, { timeoutMs: 5000 });
    }
  } finally {
    clearInterval(sending);
    client.close();
  }
});

test('an address of a load balancer takes only whom its source ranges name', async () => {
  await proxy.setServices({ services: [facts(pods, { sourceRanges: [`${pods[0]?.ip}/32`] })] });
  expect(['a', 'b']).toContain(await fromPod(pods[0], '198.19.8.5:80'));
  await expect(fromPod(pods[1], '198.19.8.5:80')).rejects.toThrow();
  expect(['a', 'b']).toContain(await fromPod(pods[1], '198.19.7.20:80'));
});

test('a host port leads to its pod and goes with it', async () => {
  const pod = await startPod('c', [{ hostPort: 32009, containerPort: 8080, protocol: 'TCP' }]);
  expect(await fromHost('127.0.0.1:32009')).toBe('c');
  await network.teardown(pod.podUid);
  await expect(fromHost('127.0.0.1:32009')).rejects.toThrow(/refused|ECONNREFUSED/i);
});

test('pods ask cluster DNS at its address', async () => {
  dns.setIndex(indexServices({ services: [facts([])] }, 'cluster.local'));
  const query = packet.encode({ type: 'query', id: 7, flags: packet.RECURSION_DESIRED, questions: [{ type: 'A', name: 'web.default.svc.cluster.local' }] });
  const script = `const s=require('dgram').createSocket('udp4');s.on('message',m=>{process.stdout.write(m.toString('hex'));s.close()});s.send(Buffer.from('${query.toString('hex')}','hex'),53,'${ranges.dnsIp}')`;
  const { stdout } = await exec('nsenter', [`--net=/proc/${pods[0]?.sandboxPid}/ns/net`, process.execPath, '-e', script], { timeout: 5000 });
  expect(packet.decode(Buffer.from(stdout, 'hex')).answers?.map((a) => ('data' in a ? a.data : undefined))).toEqual(['198.19.7.20']);
});

test('what a killed agent left of pods that are gone is removed, what still runs is kept', async () => {
  const [a, b] = pods;
  const again = vethNetwork({ clusterUid, node: 'n1', podCidr: ranges.podCidr, dns: undefined, run, onHostPorts: async () => {} });
  await again.adopt(a ? [a] : []);
  expect(await fromHost(`${a?.ip}:8080`)).toBe('a');
  await expect(fromHost(`${b?.ip}:8080`)).rejects.toThrow();
  expect(await again.allocate('another')).not.toBe(a?.ip);
});

// As the kernel shows it: the chain in which the test's load balancer address is.
function chainPrefix(): string {
  const rules = execFileSync('iptables-save', ['-t', 'nat'], { encoding: 'utf8' });
  return /^-A (ZP-[0-9a-f]+)-SVC -d 198\.19\.8\.5/m.exec(rules)?.[1] ?? 'none';
}

function facts(behind: (PodAttachment | undefined)[], more: Partial<ServiceFacts> = {}, protocol: 'TCP' | 'UDP' = 'TCP'): ServiceFacts {
  const targets = behind.flatMap((pod) => (pod ? [{ ip: pod.ip, port: 8080 }] : []));
  const port = { name: '', protocol, port: 80, nodePort: 32007, targets, localTargets: targets, internalLocal: false, externalLocal: false };
  const addresses = { clusterIps: ['198.19.7.20'], headless: false, externalIps: [], ingressIps: ['198.19.8.5'], sourceRanges: [] };
  return { namespace: 'default', name: 'web', type: 'LoadBalancer', ...addresses, ports: [port], publishNotReady: false, endpoints: [], ...more };
}

function attachment(name: string): PodAttachment {
  return { podUid: name, namespace: 'default', name, ip: '', sandboxPid: 0, hostPorts: [] };
}

async function startPod(name: string, hostPorts: PodAttachment['hostPorts'] = []): Promise<PodAttachment> {
  const script = `require('http').createServer((q,r)=>r.end('${name}')).listen(8080,()=>console.log('up'));const u=require('dgram').createSocket('udp4');u.bind(8080);u.on('message',(m,f)=>u.send('${name}',f.port,f.address))`;
  const child = spawn('unshare', ['--net', process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  sandboxes.push(child);
  await new Promise((up) => child.stdout.once('data', up));
  const ip = (await network.allocate(name)) ?? '';
  const pod = { podUid: name, namespace: 'default', name, ip, sandboxPid: child.pid ?? 0, hostPorts };
  await network.setup(pod);
  return pod;
}

async function fromHost(address: string): Promise<string> {
  const response = await fetch(`http://${address}/`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3000) }).catch((error: Error) => {
    throw error.cause instanceof Error ? error.cause : error;
  });
  return response.text();
}

async function fromPod(pod: PodAttachment | undefined, address: string): Promise<string> {
  const script = `require('http').get('http://${address}/',{agent:false,timeout:3000},r=>r.pipe(process.stdout)).on('timeout',function(){this.destroy(new Error('timeout'))})`;
  return (await exec('nsenter', [`--net=/proc/${pod?.sandboxPid}/ns/net`, process.execPath, '-e', script], { timeout: 5000 })).stdout;
}

