import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join, type ByteChannel } from '#api/connection/byte-channel';
import { connectionOf, PORT_FORWARD_PROTOCOLS } from '#api/port-forward/channel-connection';
import { negotiateChannels } from '#api/remote-command/subprotocols';
import { pathOf, type ApiClient } from './api-client.ts';
import { byteChannelOf } from './byte-channel-of.ts';
import { PODS } from './core-resources.ts';

export interface PortForwardOptions {
  namespace: string;
  pod: string;
  /** On the pod's own loopback. */
  port: number;
  /** 0: any free one. */
  localPort: number;
  /** Default: 127.0.0.1. */
  localAddress?: string;
  /** A connection that could not be made or broke; the others go on. */
  onError?: (error: unknown) => void;
}

export interface PortForward {
  address: string;
  port: number;
  /** Ends all its connections. */
  close(): Promise<void>;
}

/** Listens on this machine; each connection goes to the pod's port over a connection of its own to the server. */
export async function portForward(client: ApiClient, options: PortForwardOptions): Promise<PortForward> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    forward(client, options, byteChannelOf(socket)).catch((error: unknown) => options.onError?.(error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.localPort, host: options.localAddress ?? '127.0.0.1' }, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** One connection to a port of a pod. */
export async function connectPort(client: ApiClient, { namespace, pod, port }: Pick<PortForwardOptions, 'namespace' | 'pod' | 'port'>): Promise<ByteChannel> {
  if (client.connect === undefined) throw new Error('this client has no transport for port-forward');
  const path = `${pathOf(PODS, { namespace, name: pod }, 'portforward')}?ports=${port}`;
  const socket = await client.connect({ path, protocols: [...PORT_FORWARD_PROTOCOLS] });
  const protocol = negotiateChannels([socket.protocol]);
  if (protocol === undefined) throw new Error(`the server chose the unknown sub-protocol ${socket.protocol}`);
  return connectionOf(socket, protocol);
}

async function forward(client: ApiClient, options: PortForwardOptions, local: ByteChannel): Promise<void> {
  try {
    await join(local, await connectPort(client, options));
  } catch (error) {
    local.abort();
    throw error;
  }
}
