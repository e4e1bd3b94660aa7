import { constants, createDeflate, createInflate, type Deflate } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pump, readAll, type ByteChannel } from '#api/connection/byte-channel';
import { SpdyConnection, type SpdyStream } from '#api/spdy/connection';
import { spdyDictionary } from '#api/spdy/dictionary';
import { forwardedConnections } from '#api/spdy/forwarded-connections';
import { BadSpdy, SpdyReader } from '#api/spdy/frames';
import { channelPair } from '#test/support/channel-pair';

/** A client in a few lines, by the protocol's own words: zlib for headers, frames by hand. */
class Client {
  readonly received: { type: string; stream: number; bytes: Buffer; fin: boolean }[] = [];
  private readonly deflate: Deflate = createDeflate({ dictionary: spdyDictionary() });
  private readonly wire: ByteChannel;

  constructor(wire: ByteChannel) {
    this.wire = wire;
    void this.listen().catch(() => undefined);
  }

  async open(stream: number, headers: Record<string, string>, fin = false): Promise<void> {
    const text = (value: string): Buffer => Buffer.concat([u32(value.length), Buffer.from(value)]);
    const block = Buffer.concat([u32(Object.keys(headers).length), ...Object.entries(headers).flatMap(([name, value]) => [text(name), text(value)])]);
    this.deflate.write(block);
    await new Promise<void>((resolve) => this.deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    await this.control(1, fin ? 1 : 0, Buffer.concat([u32(stream), u32(0), Buffer.alloc(2), this.deflate.read() as Buffer]));
  }

  data(stream: number, text: string | Uint8Array, fin = false): Promise<void> {
    const bytes = Buffer.from(text);
    return this.wire.write(Buffer.concat([u32(stream), u32(bytes.length + (fin ? 0x1000000 : 0)), bytes]));
  }

  control(type: number, flags: number, payload: Buffer): Promise<void> {
    return this.wire.write(Buffer.concat([Buffer.from([0x80, 3, 0, type]), u32(payload.length + flags * 0x1000000), payload]));
  }

  leave(): void {
    this.wire.end();
  }

  said(stream: number): { text: string; ended: boolean } {
    const own = this.received.filter((frame) => frame.type === 'data' && frame.stream === stream);
    return { text: Buffer.concat(own.map(({ bytes }) => bytes)).toString(), ended: own.some(({ fin }) => fin) };
  }

  private async listen(): Promise<void> {
    let rest = Buffer.alloc(0);
    for (let bytes = await this.wire.read(); bytes !== undefined; bytes = await this.wire.read()) {
      rest = Buffer.concat([rest, bytes]);
      while (rest.length >= 8 && rest.length >= 8 + rest.readUIntBE(5, 3)) {
        const end = 8 + rest.readUIntBE(5, 3);
        const isControl = (rest[0] ?? 0) >= 0x80;
        this.received.push({ type: isControl ? String(rest.readUInt16BE(2)) : 'data', stream: isControl ? rest.readUInt32BE(8) : rest.readUInt32BE(0), bytes: Buffer.from(rest.subarray(8, end)), fin: rest[4] === 1 });
        rest = rest.subarray(end);
      }
    }
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function connect(onStream: (stream: SpdyStream) => void) {
  const { one, other } = channelPair();
  return { connection: new SpdyConnection(one, onStream), client: new Client(other) };
}

test('streams are answered, carry both ways, and know their headers; replies are one zlib stream', async () => {
  const streams: SpdyStream[] = [];
  const { client } = connect((stream) => {
    streams.push(stream);
    void pump(stream, stream);
  });
  await client.open(1, { streamtype: 'data', port: '80' });
  await client.open(3, { streamtype: 'error', port: '80' }, true);
  await client.data(1, 'hello');
  await client.data(1, ' there', true);
  await expect.poll(() => client.said(1)).toEqual({ text: 'hello there', ended: true });
  await expect.poll(() => client.said(3)).toEqual({ text: '', ended: true });
  expect(streams.map(({ headers }) => Object.fromEntries(headers))).toEqual([{ streamtype: 'data', port: '80' }, { streamtype: 'error', port: '80' }]);
  const replies = client.received.filter(({ type }) => type === '2').map(({ bytes }) => bytes.subarray(4));
  const inflate = createInflate();
  for (const reply of replies) inflate.write(reply);
  await expect.poll(() => inflate.read() as Buffer | null).toEqual(Buffer.alloc(8)); // no headers, twice
});

test('a ping comes back; what asks for nothing gets nothing', async () => {
  const { client } = connect(() => undefined);
  await client.control(9, 0, Buffer.concat([u32(1), u32(1000)]));
  await client.control(6, 0, u32(0xffffffff));
  await expect.poll(() => client.received).toEqual([{ type: '6', stream: 0xffffffff, bytes: u32(0xffffffff), fin: false }]);
});

test('a client that leaves, or that speaks something else, ends its streams', async () => {
  for (const leave of [async (client: Client) => client.leave(), (client: Client) => client.control(1, 0, Buffer.alloc(20, 0xff))]) {
    let stream: SpdyStream | undefined;
    const { client, connection } = connect((opened) => (stream = opened));
    await client.open(1, { streamtype: 'data' });
    await expect.poll(() => stream).toBeDefined();
    await leave(client);
    await connection.gone;
    await expect(stream?.read()).rejects.toThrow();
    await expect(stream?.write(new Uint8Array(1))).rejects.toThrow();
  }
});

test('frames are the same however the bytes are cut', () => {
  const frames = Buffer.concat([u32(5), u32(3), Buffer.from('abc'), Buffer.from([0x80, 3, 0, 6]), u32(4), u32(7), u32(9), u32(0x1000000)]);
  const expected = [
    { type: 'data', stream: 5, text: 'abc', fin: false },
    { type: 'ping', id: 7 },
    { type: 'data', stream: 9, text: '', fin: true },
  ];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: frames.length, maxLength: frames.length }), (sizes) => {
      const reader = new SpdyReader();
      const seen: unknown[] = [];
      for (let at = 0, i = 0; at < frames.length; at += sizes[i++] ?? 1) {
        for (const frame of reader.push(frames.subarray(at, at + (sizes[i] ?? 1)))) {
          seen.push(frame.type === 'data' ? { type: 'data', stream: frame.stream, text: Buffer.from(frame.bytes).toString(), fin: frame.fin } : frame);
        }
      }
      expect(seen).toEqual(expected);
    }),
    { numRuns: 50 },
  );
  expect(() => [...new SpdyReader().push(Buffer.concat([u32(1), u32(0xffffff)]))]).toThrow(BadSpdy);
});

test('two streams make a forwarded connection; why it failed comes on the second', async () => {
  const { one, other } = channelPair();
  const client = new Client(other);
  const over = forwardedConnections(one, async (port, connection) => {
    if (port === 81) return connection.abort('nothing listens on 81');
    await connection.write(Buffer.from(`${port} `));
    await connection.write(await readAll(connection, 100));
    connection.end();
  });
  for (const [at, port] of ['80', '81'].entries()) {
    await client.open(1 + 4 * at, { streamtype: 'error', port, requestid: String(at) }, true);
    await client.open(3 + 4 * at, { streamtype: 'data', port, requestid: String(at) });
    await client.data(3 + 4 * at, 'sent', true);
  }
  await expect.poll(() => [3, 1, 7, 5].map((stream) => client.said(stream))).toEqual([
    { text: '80 sent', ended: true },
    { text: '', ended: true },
    { text: '', ended: true },
    { text: 'nothing listens on 81', ended: true },
  ]);
  client.leave();
  await over;
});

test('a client that resets its half after having read all is told of no failure', async () => {
  const { one, other } = channelPair();
  const client = new Client(other);
  void forwardedConnections(one, async (_port, connection) => {
    await connection.write(Buffer.from('all'));
    connection.end();
    await readAll(connection, 100).catch((error: unknown) => connection.abort(String(error)));
  });
  await client.open(1, { streamtype: 'error', port: '80', requestid: '0' }, true);
  await client.open(3, { streamtype: 'data', port: '80', requestid: '0' });
  await expect.poll(() => client.said(3)).toEqual({ text: 'all', ended: true });
  await client.control(3, 0, Buffer.concat([u32(3), u32(5)]));
  await expect.poll(() => client.said(1)).toEqual({ text: '', ended: true });
});
