import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { framed, unframed } from './tcp-frame.ts';

export type DnsProtocol = 'udp' | 'tcp';

export interface Upstream {
  /** Asks the resolvers in turn, by the protocol that the client came by, and gives the first answer as it came; undefined when none answers. */
  forward(query: Buffer, protocol: DnsProtocol): Promise<Buffer | undefined>;
}

const TIMEOUT_MS = 2000;
/** Names that nobody answers must not use up this process's sockets. */
const MAX_ASKED = 500;

export function createUpstream(servers: string[], port = 53): Upstream {
  let asked = 0;
  return {
    async forward(query, protocol) {
      if (asked >= MAX_ASKED) return undefined;
      asked += 1;
      try {
        for (const server of servers) {
          const answer = await (protocol === 'udp' ? askByUdp : askByTcp)(query, { server, port });
          if (answer) return answer;
        }
        return undefined;
      } finally {
        asked -= 1;
      }
    },
  };
}

/** The host's resolvers out of resolv.conf(5), without those that would lead back to ourselves. */
export function upstreamsOf(resolvConf: string, own: string): string[] {
  const servers = [...resolvConf.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1] ?? '');
  return servers.filter((server) => server !== own && /^\d+\.\d+\.\d+\.\d+$/.test(server)).slice(0, 3);
}

interface Address {
  server: string;
  port: number;
}

function askByUdp(query: Buffer, { server, port }: Address): Promise<Buffer | undefined> {
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
    socket.connect(port, server, () => socket.send(query));
  });
}

function askByTcp(query: Buffer, { server, port }: Address): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: server, port });
    const finish = (answer?: Buffer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(TIMEOUT_MS, () => finish());
    socket.once('error', () => finish());
    socket.once('close', () => finish());
    socket.on('data', unframed((answer) => finish(answer)));
    socket.write(framed(query));
  });
}
