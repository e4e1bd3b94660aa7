import { createSocket } from 'node:dgram';

const TIMEOUT_MS = 2000;

/** Asks the resolvers in turn over UDP and gives the first answer as it came; undefined when none answers. */
export async function forward(query: Buffer, upstreams: string[]): Promise<Buffer | undefined> {
  for (const upstream of upstreams) {
    const answer = await ask(query, upstream);
    if (answer) return answer;
  }
  return undefined;
}

/** The host's resolvers out of resolv.conf(5), without those that would lead back to ourselves. */
export function upstreamsOf(resolvConf: string, own: string): string[] {
  const servers = [...resolvConf.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1] ?? '');
  return servers.filter((server) => server !== own && /^\d+\.\d+\.\d+\.\d+$/.test(server)).slice(0, 3);
}

function ask(query: Buffer, upstream: string): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (answer?: Buffer) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(), TIMEOUT_MS);
    socket.once('message', (answer) => finish(answer));
    socket.once('error', () => finish());
    // Connected: the kernel then takes answers from this resolver alone.
    socket.connect(53, upstream, () => socket.send(query));
  });
}
