import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Node, Service, ServicePort } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { NODES, SERVICES } from '#client/core-resources';
import { Failure } from '#client/failure';
import { type Session, withSession } from '../../cluster/session.ts';
import { Timeout } from '../../cluster/timeout.ts';
import { Output, OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { alignedLines } from '../../render/columns.ts';
import { renderDocument } from '../../render/documents.ts';
import { createProgress } from '../../render/progress.ts';
import { troubleOf } from '../../waiting/until-ready.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';

const ServiceOptions = z.strictObject({ ...CLUSTER_OPTIONS, url: z.boolean().default(false), timeout: Timeout.default(30_000), output: Output });
type ServiceOptions = z.infer<typeof ServiceOptions>;

const POLL_MS = 200;
const ANSWER_MS = 1000;

/** An address of a Service, by one of its ports. */
interface Address {
  port: string;
  url: string;
}

export function serviceCommand(): Command {
  return clusterCommand('service')
    .argument('<name>')
    .option('--url', 'print the addresses alone')
    .option('--timeout <duration>', 'how long to wait until it answers (default: 30s)')
    .option(...OUTPUT_OPTION)
    .action(async (name: string, given: unknown) => {
      const options = parseOptions(ServiceOptions, given);
      await withSession(options, (session) => service(session, name, options));
    });
}

async function service(session: Session, name: string, options: ServiceOptions): Promise<void> {
  const addresses = await createProgress(process.stderr, { transient: true }).step(`Waiting for service ${name}`, (say) => addressThatAnswers(session, { name, timeoutMs: options.timeout, say }));
  if (options.output !== 'text') process.stdout.write(renderDocument(options.output, addresses));
  else if (options.url) process.stdout.write(addresses.map(({ url }) => `${url}\n`).join(''));
  else process.stdout.write(alignedLines([['PORT', 'ADDRESS'], ...addresses.map(({ port, url }) => [port, url])]));
}

/** Its addresses, once the first of them takes connections. */
export async function addressThatAnswers({ client, namespace }: Session, { name, timeoutMs, say }: { name: string; timeoutMs: number; say(detail: string): void }): Promise<Address[]> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const found = await client.get<Service>(SERVICES, { namespace, name });
    const addresses = await addressesOf(client, found);
    if (addresses[0] !== undefined && (await answers(addresses[0].url))) return addresses;
    const trouble = await troubleOf(client, { ...found, kind: 'Service' });
    say(trouble ?? (addresses[0] === undefined ? 'it has no address yet' : `${addresses[0].url} does not answer yet`));
    if (Date.now() > deadlineMs) throw new Failure(`service ${name} does not answer`, { why: [addresses[0] === undefined ? 'it has no address' : addresses[0].url, trouble].filter(Boolean).join('\n'), fix: `\`zeroplane describe service/${name}\` shows its endpoints.` });
    await sleep(POLL_MS);
  }
}

async function addressesOf(client: ApiClient, { metadata, spec, status }: Service): Promise<Address[]> {
  const ports = spec?.ports ?? [];
  if (spec?.type === 'LoadBalancer') {
    const host = status?.loadBalancer?.ingress?.map(({ ip, hostname }) => ip ?? hostname)[0];
    return host === undefined ? [] : ports.map((port) => addressOf(host, port.port, port));
  }
  if (spec?.type !== 'NodePort') throw onlyInside(metadata.name ?? '', spec?.type ?? 'ClusterIP', ports[0]?.port);
  const node = await nodeAddress(client);
  return node === undefined ? [] : ports.flatMap((port) => (port.nodePort === undefined ? [] : [addressOf(node, port.nodePort, port)]));
}

function onlyInside(name: string, type: string, port = 80): Failure {
  return new Failure(`service ${name} has no address outside of the cluster`, {
    why: `its type is ${type}`,
    fix: `\`zeroplane port-forward service/${name} 8080:${port}\` gives it one, or the type LoadBalancer.`,
  });
}

function addressOf(host: string, number: number, { name, port, appProtocol, protocol }: ServicePort): Address {
  const secure = appProtocol === 'https' || name === 'https' || port === 443;
  const scheme = protocol === 'UDP' ? 'udp' : secure ? 'https' : 'http';
  const usual = (scheme === 'http' && number === 80) || (scheme === 'https' && number === 443);
  return { port: name ?? String(port), url: `${scheme}://${host}${usual ? '' : `:${number}`}` };
}

async function nodeAddress(client: ApiClient): Promise<string | undefined> {
  const { items } = await client.list<Node>(NODES);
  return items.flatMap(({ status }) => status?.addresses ?? []).find(({ type }) => type === 'InternalIP')?.address;
}

// A connection is an answer: not every Service speaks HTTP, and UDP has none.
async function answers(url: string): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url.replace(/^udp:/, 'http:'));
  if (url.startsWith('udp:')) return true;
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)), timeout: ANSWER_MS });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('timeout', () => end(false)).once('error', () => end(false));
  });
}
