import { open } from 'node:fs/promises';

const MAX_READ_BYTES = 64 * 1024;

/** The end of a json-file log, at most so many lines and bytes; '' where there is none. */
export async function lastLogLines(file: string, { lines, bytes }: { lines: number; bytes: number }): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, MAX_READ_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const records = buffer.toString('utf8', 0, bytesRead).split('\n').flatMap(textOf);
    const text = records.slice(-lines).join('');
    return Buffer.from(text).subarray(-bytes).toString('utf8');
  } finally {
    await handle.close();
  }
}

// The first record may be cut.
function textOf(line: string): string[] {
  try {
    return [(JSON.parse(line) as { log: string }).log];
  } catch {
    return [];
  }
}
