import { connect, type Socket } from 'node:net';
import { join } from '#api/connection/byte-channel';
import type { DialRequest } from '#api/relay/protocol';
import type { RelaySession } from '#api/relay/session';
import { byteChannelOf } from '#client/byte-channel-of';
import { dialText } from '../network/dial-text.ts';
import { Refused } from './refused.ts';

const DIAL_TIMEOUT_MS = 10_000;

/** A connection to a pod's address, for requests that the control plane sends to it. */
export async function answerDial({ address, port }: DialRequest, session: RelaySession): Promise<void> {
  const socket = await dial(address, port);
  session.ready();
  const opened = await session.accept();
  if (opened === undefined) return void socket.destroy();
  await join(opened.channel, byteChannelOf(socket)).catch(() => undefined); // both ends see for themselves
}

function dial(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const failed = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      reject(new Refused(503, 'ServiceUnavailable', dialText(error, host, port)));
    };
    socket.setTimeout(DIAL_TIMEOUT_MS, () => failed(Object.assign(new Error('i/o timeout'), { code: 'ETIMEDOUT' })));
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}
