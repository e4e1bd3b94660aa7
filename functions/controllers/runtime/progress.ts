import { saveRecord, type LoadedRecord } from './loop-record.ts';
import type { KeyRunner } from './key-runner.ts';
import type { TailReader } from './tail-reader.ts';
import type { Clock } from '#ports/clock';
import type { Table } from '#ports/table';

const SAVE_EVERY_MS = 1_000;
const SAVE_EVERY_KEYS = 32;

export interface ProgressDeps {
  table: Table;
  cluster: string;
  clock: Clock;
  record: LoadedRecord;
  runner: KeyRunner;
  reader: TailReader;
}

/** How far a burst has come, kept in the loop's record. */
export interface Progress {
  /** A log was read on. */
  cursorsMoved(): void;
  swept(): void;
  keyDone(): void;
  /** Now and then within a burst: one that dies must leave less to the next than it found. */
  saveWhenDue(): Promise<void>;
  /** What is not saved yet. */
  save(): Promise<void>;
}

export function createProgress({ table, cluster, clock, runner, reader, ...deps }: ProgressDeps): Progress {
  let record = deps.record;
  let isUnsaved = false;
  let savedMs = clock.now();
  let keysDone = 0;

  const save = async (): Promise<void> => {
    if (!runner.takeChanged() && !isUnsaved) return;
    savedMs = clock.now();
    keysDone = 0;
    isUnsaved = runner.running + runner.waiting > 0; // saved as due, and soon done
    record = await saveRecord(table, cluster, { ...record, ...reader.progress(), due: runner.unfinished() });
  };
  return {
    cursorsMoved: () => void (isUnsaved = true),
    swept() {
      record = { ...record, sweptAtMs: clock.now() };
      isUnsaved = true;
    },
    keyDone: () => void (keysDone += 1),
    async saveWhenDue() {
      if (keysDone >= SAVE_EVERY_KEYS || clock.now() - savedMs >= SAVE_EVERY_MS) await save();
    },
    save,
  };
}
