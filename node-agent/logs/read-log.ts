import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openLogFiles, type LogFile } from './log-files.ts';
import { RecordReader, tailPosition, type LogRecord } from './log-records.ts';

/** PodLogOptions, as far as they are about one container's log. */
export interface LogOptions {
  follow: boolean;
  timestamps: boolean;
  tailLines?: number;
  limitBytes?: number;
  sinceMs?: number;
  stream?: 'stdout' | 'stderr';
}

export interface LogSource {
  path: string;
  /** Whether the container may still write. */
  isRunning(): Promise<boolean>;
}

// The folder's own signal comes first; this is for what it does not tell, such as the container's end.
const LOOK_AGAIN_MS = 1_000;

/** A container's log as `kubectl logs` shows it: across rotated files, and onwards when following. */
export async function* readLog(source: LogSource, options: LogOptions, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const format = formatter(options);
  let left = options.limitBytes ?? Infinity;
  for await (const record of records(source, options, signal)) {
    const bytes = format(record);
    if (bytes === undefined) continue;
    yield bytes.byteLength > left ? bytes.subarray(0, left) : bytes;
    left -= bytes.byteLength;
    if (left <= 0) return;
  }
}

async function* records(source: LogSource, options: LogOptions, signal: AbortSignal): AsyncGenerator<LogRecord> {
  const files = await openLogFiles(source.path);
  const open: RecordReader[] = await readersFrom(files, options.tailLines);
  try {
    for (let reader = open[0]; reader !== undefined; reader = open[0]) {
      yield* reader.records();
      if (open.length === 1) {
        if (!options.follow || signal.aborted) return;
        const next = await following(source, reader, signal);
        if (next === 'ended') {
          yield* reader.records();
          return;
        }
        open.push(...next);
        // What was written between our last look and the rotation.
        yield* reader.records();
        if (next.length === 0) continue;
      }
      await reader.close();
      open.shift();
    }
  } finally {
    await Promise.all(open.map((reader) => reader.close()));
  }
}

/** Readers at the place where the tail begins; files before it are closed. */
async function readersFrom(files: LogFile[], tailLines: number | undefined): Promise<RecordReader[]> {
  if (tailLines === undefined) return files.map((file) => new RecordReader(file));
  const readers: RecordReader[] = [];
  let wanted = tailLines;
  for (const file of files.toReversed()) {
    const { position, missing } = await tailPosition(file.handle, wanted);
    if (wanted > 0 || readers.length === 0) readers.unshift(new RecordReader(file, position));
    else await file.handle.close();
    wanted = missing;
  }
  return readers;
}

/** Waits for more: files that came since, none when only this one grew; or the end. */
async function following(source: LogSource, reader: RecordReader, signal: AbortSignal): Promise<RecordReader[] | 'ended'> {
  // Listening begins before looking: what happens in between is not missed.
  const enough = new AbortController();
  const changed = changeIn(dirname(source.path), AbortSignal.any([signal, enough.signal]));
  try {
    return (await present(source, reader)) ?? (await changed.then(() => (signal.aborted ? 'ended' : [])));
  } finally {
    enough.abort();
  }
}

/** undefined: there is nothing new yet. */
async function present(source: LogSource, reader: RecordReader): Promise<RecordReader[] | 'ended' | undefined> {
  const running = await source.isRunning();
  const newest = await stat(source.path).catch(() => undefined);
  if (newest !== undefined && newest.ino !== reader.inode) return (await openLogFiles(source.path, reader.inode)).map((file) => new RecordReader(file));
  // In the midst of a rotation there is no such file for a moment.
  return running ? undefined : 'ended';
}

function changeIn(folder: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, LOOK_AGAIN_MS);
    const watcher = watch(folder, done);
    function done(): void {
      clearTimeout(timer);
      watcher.close();
      signal.removeEventListener('abort', done);
      resolve();
    }
    watcher.on('error', done);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** undefined: the record is not wanted. A timestamp stands before each line, not before each record of a long one. */
function formatter({ timestamps, sinceMs, stream }: LogOptions): (record: LogRecord) => Uint8Array | undefined {
  const midLine = new Set<string>();
  return (record) => {
    const continues = midLine.has(record.stream);
    if (record.log.endsWith('\n')) midLine.delete(record.stream);
    else midLine.add(record.stream);
    if (stream !== undefined && record.stream !== stream) return undefined;
    if (sinceMs !== undefined && Date.parse(record.time) < sinceMs) return undefined;
    return Buffer.from(timestamps && !continues ? `${record.time} ${record.log}` : record.log);
  };
}
