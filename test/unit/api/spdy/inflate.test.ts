import { constants, createDeflate, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spdyDictionary } from '#api/spdy/dictionary';
import { BadDeflate, Inflater } from '#api/spdy/inflate';

const dictionary = spdyDictionary();

test('the dictionary is that of SPDY/3', () => {
  expect(dictionary).toHaveLength(1423);
  expect(deflateSync(Buffer.from('x'), { dictionary }).subarray(2, 6).toString('hex')).toBe('e3c6a7c2');
});

/** What zlib makes of these texts, each flushed. */
async function flushed(texts: Uint8Array[], options: { level: number; strategy: number; dictionary?: Uint8Array }): Promise<Uint8Array[]> {
  const deflate = createDeflate(options);
  const pieces: Uint8Array[] = [];
  let chunks: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const text of texts) {
    deflate.write(text);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    pieces.push(Buffer.concat(chunks));
    chunks = [];
  }
  return pieces;
}

const words = fc.array(fc.constantFrom('port', 'streamtype', 'requestid', 'data', 'error', '\0\0\0\u0004', '80', 'content-type'), { maxLength: 200 }).map((list) => Buffer.from(list.join('')));
const piece = fc.oneof(words, fc.uint8Array({ maxLength: 2_000 }), fc.nat({ max: 40_000 }).map((length) => new Uint8Array(length).fill(7)));

test('whatever zlib deflates, in whatever way, comes out again piece by piece', async () => {
  const settings = { level: fc.integer({ min: 0, max: 9 }), strategy: fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE), withDictionary: fc.boolean() };
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.record(settings), async (texts, { level, strategy, withDictionary }) => {
      const pieces = await flushed(texts, { level, strategy, ...(withDictionary ? { dictionary } : {}) });
      const inflater = new Inflater(dictionary);
      for (const [i, deflated] of pieces.entries()) expect(Buffer.from(inflater.inflate(deflated)).equals(Buffer.from(texts[i] ?? []))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('what is no deflated text is refused, and never runs on', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (junk) => {
      try {
        const inflater = new Inflater(dictionary);
        expect(inflater.inflate(Uint8Array.from([0x78, 0x9c, ...junk])).length).toBeLessThanOrEqual(64 * 1024 + 32 * 1024);
      } catch (error) {
        expect(error).toBeInstanceOf(BadDeflate);
      }
    }),
    { numRuns: 300 },
  );
});

test('a bomb is not unfolded', () => {
  expect(() => new Inflater(dictionary).inflate(deflateSync(new Uint8Array(10_000_000)))).toThrow('too long');
});
