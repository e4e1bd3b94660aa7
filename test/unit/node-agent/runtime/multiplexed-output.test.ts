import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteQueue } from '#api/connection/byte-queue';
import { outputOf } from '#node-agent/runtime/docker/multiplexed-output';

function frame(stream: number, bytes: Uint8Array): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

async function said(pieces: Uint8Array[], tty: boolean): Promise<{ stdout: string; stderr: string }> {
  const queue = new ByteQueue();
  for (const piece of pieces) queue.push(piece);
  queue.end();
  const all = { stdout: '', stderr: '' };
  for await (const { stream, bytes } of outputOf(queue, tty)) all[stream] += Buffer.from(bytes).toString('latin1');
  return all;
}

test('streams come apart however the bytes are cut', async () => {
  const output = fc.array(fc.record({ stream: fc.constantFrom(1, 2), bytes: fc.uint8Array({ maxLength: 40 }) }), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(output, fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1 }), async (frames, sizes) => {
      const whole = Buffer.concat(frames.map(({ stream, bytes }) => frame(stream, bytes)));
      const pieces: Uint8Array[] = [];
      for (let at = 0, i = 0; at < whole.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        pieces.push(whole.subarray(at, at + size));
        at += size;
      }
      const of = (stream: number): string => Buffer.concat(frames.filter((one) => one.stream === stream).map(({ bytes }) => bytes)).toString('latin1');
      expect(await said(pieces, false)).toEqual({ stdout: of(1), stderr: of(2) });
    }),
  );
});

test('a terminal’s output is bare', async () => {
  expect(await said([Buffer.from([2, 0, 0, 0]), Buffer.from('x')], true)).toEqual({ stdout: '\u0002\0\0\0x', stderr: '' });
});
