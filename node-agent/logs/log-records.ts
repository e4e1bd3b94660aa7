import type { FileHandle } from 'node:fs/promises';

export interface LogRecord {
  log: string;
  stream: 'stdout' | 'stderr';
  time: string;
}

const CHUNK_BYTES = 64 * 1024;

/** Reads whole records from a position on; what is not yet finished is read when it is. */
export class RecordReader {
  readonly inode: number;
  private readonly handle: FileHandle;
  private position: number;
  private rest = Buffer.alloc(0);

  constructor({ handle, inode }: { handle: FileHandle; inode: number }, position = 0) {
    this.handle = handle;
    this.inode = inode;
    this.position = position;
  }

  /** The records up to the present end of the file. */
  async *records(): AsyncGenerator<LogRecord> {
    for (;;) {
      const { bytesRead, buffer } = await this.handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, this.position);
      if (bytesRead === 0) return;
      this.position += bytesRead;
      const text = Buffer.concat([this.rest, buffer.subarray(0, bytesRead)]);
      const end = text.lastIndexOf(0x0a);
      this.rest = Buffer.from(text.subarray(end + 1));
      if (end < 0) continue;
      for (const line of text.toString('utf8', 0, end).split('\n')) {
        const record = recordOf(line);
        if (record !== undefined) yield record;
      }
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** A record that a crash of the engine tore is passed over. */
function recordOf(line: string): LogRecord | undefined {
  try {
    return JSON.parse(line) as LogRecord;
  } catch {
    return undefined;
  }
}

// How Docker writes the end of a record that ends a line; a line over 16 KiB is written in several records.
const LINE_END = Buffer.from('\\n","stream"');

/** Where the last `lines` lines of a file begin; `missing` says how many lines the file is short. */
export async function tailPosition(handle: FileHandle, lines: number): Promise<{ position: number; missing: number }> {
  const { size } = await handle.stat();
  if (lines === 0) return { position: size, missing: 0 };
  let seen = 0;
  let carried = Buffer.alloc(0);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const text = Buffer.concat([buffer, carried]);
    // A match that begins in this chunk; one more than wanted ends the line before them.
    for (let at = text.lastIndexOf(LINE_END, buffer.length - 1); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(LINE_END, at - 1)) {
      seen++;
      if (seen <= lines) continue;
      const newline = await nextNewline(handle, start + at);
      return { position: newline + 1, missing: 0 };
    }
    carried = Buffer.from(buffer.subarray(0, LINE_END.length - 1));
    end = start;
  }
  return { position: 0, missing: Math.max(0, lines - seen) };
}

async function nextNewline(handle: FileHandle, from: number): Promise<number> {
  for (let position = from; ; position += CHUNK_BYTES) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    const at = buffer.subarray(0, bytesRead).indexOf(0x0a);
    if (at >= 0) return position + at;
    if (bytesRead === 0) return position;
  }
}
