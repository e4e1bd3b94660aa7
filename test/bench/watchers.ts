import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { ServerAddress } from '#client/server-address';

/** Watches as light as a client can hold them, so that it is the server that is measured. */
export interface Watchers {
  /** Resolves when each of them has been sent the text. */
  allSee(text: string): Promise<void>;
  close(): void;
}

export async function openWatchers(address: ServerAddress, path: string, count: number): Promise<Watchers> {
  const streams = await Promise.all(Array.from({ length: count }, () => open(address, path)));
  return {
    allSee: async (text) => void (await Promise.all(streams.map((stream) => sees(stream, text)))),
    close: () => streams.forEach((stream) => stream.destroy()),
  };
}

function open({ server, token, ca, insecureSkipTlsVerify = false }: ServerAddress, path: string): Promise<IncomingMessage> {
  const { hostname, port } = new URL(server);
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, headers, agent: false, rejectUnauthorized: !insecureSkipTlsVerify, ...(ca === undefined ? {} : { ca }) }, (stream) => {
      stream.resume(); // what was there before nobody waits for
      resolve(stream);
    });
    outgoing.on('error', reject).end();
  });
}

function sees(stream: IncomingMessage, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let got = '';
    const take = (chunk: Buffer): void => {
      got += chunk.toString('latin1');
      if (!got.includes(text)) return;
      stream.off('data', take).off('end', ended);
      stream.resume();
      resolve();
    };
    const ended = (): void => reject(new Error('a watch has ended'));
    stream.on('data', take).on('end', ended);
  });
}
