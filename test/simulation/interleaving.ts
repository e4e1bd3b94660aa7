import { hasCode, PortError } from '#ports/errors';
import type { Clock } from '#ports/clock';
import type { ClaimWrite, IndexTerm, Revision, SnapshotQuery, Table, Write } from '#ports/table';
import { History, type Attempt, type Moment } from './history.ts';

/** Where an interleaving runs: an adapter over its storage, and what may happen to its processes there. */
export interface Home {
  random: () => number;
  clock: Clock;
  cluster: string;
  partition: string;
  /** Lets others go on. */
  pause(): Promise<void>;
  /** A process of its own. A killed one gets no answers any more. */
  connect(): Process;
  /** Whether days pass somewhere in the middle. */
  passesDays: boolean;
  /** They do, and what is due is swept, while all processes stand still; `audit` runs just before, undisturbed. */
  passDays(audit: (table: Table) => Promise<void>): Promise<void>;
  /** What is still on its way arrives; where it can be, there is no more trouble from now on. */
  calm(): Promise<void>;
}

export interface Process {
  table: Table;
  kill(): void;
}

const KEYS = ['a', 'b', 'c'];
const TERMS = ['n1', 'n2'];
const MAX_CALLS = 60;
const DAY_SECONDS = 86_400;
// What a writer is told when the outcome could not be found out.
const UNKNOWN = /^(TimeoutError|InternalServerError|TransactionInProgressException)|whether a commit took effect/;
const PATIENCE = 400;

/** 2 writers, 2 watchers, 3 keys: at most 60 calls of the table, then a look at what came of it. Gives the fault, if there is one. */
export async function runInterleaving(home: Home): Promise<string | undefined> {
  const world = new World(home);
  try {
    await Promise.all([world.life('w1', 'writer'), world.life('w2', 'writer'), world.life('r1', 'watcher'), world.life('r2', 'watcher'), world.time()]);
    await world.conclude();
  } catch (error) {
    world.history.fail(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  return world.history.fault;
}

class World {
  readonly history = new History();
  private readonly home: Home;
  private calls = 0;
  private daysPassed = false;
  private audited: Revision = 1;
  private names = 0;

  constructor(home: Home) {
    this.home = home;
  }

  /** A writer may die at any point; another process then goes on in its place. */
  async life(name: string, role: 'writer' | 'watcher'): Promise<void> {
    const mortal = role === 'writer' && this.chance(0.3);
    const process = this.home.connect();
    const work = role === 'writer' ? this.write(name, process.table) : this.watch(process.table);
    if (!mortal) return work;
    const died = this.dieWithin(process, work);
    if (await died) await this.write(`${name}'`, this.home.connect().table);
  }

  async time(): Promise<void> {
    if (!this.home.passesDays) return;
    await this.idle(30);
    await this.home.passDays(async (table) => {
      await this.audit(table);
      this.daysPassed = true;
    });
  }

  /** A fresh process, undisturbed, reads all there is. */
  async conclude(): Promise<void> {
    const { partition, cluster } = this.home;
    await this.home.calm();
    const { table } = this.home.connect();
    const start = this.now();
    await this.audit(table);
    const final = await table.snapshot(partition, {});
    this.history.sawSnapshot(final, {}, { least: Math.max(this.history.head, this.history.acknowledged), moment: this.since(start) });
    for (const key of KEYS) await this.read(table, key);
    const claim = await table.readClaim(cluster, 'count');
    this.history.judge(Number(claim ? Buffer.from(claim.value).toString() : 0), this.now());
  }

  private async write(name: string, table: Table): Promise<void> {
    const operations = 3 + this.integer(4);
    for (let n = 0; n < operations && this.mayCall(); n++) {
      const roll = this.home.random();
      if (roll < 0.06) await this.bump(table, name);
      else if (roll < 0.16) await this.raiseClaim(table);
      else await this.writeKeys(table, name);
      await this.idle(3);
    }
  }

  // Read, decide, commit; again from the read when somebody else was first.
  private async writeKeys(table: Table, name: string): Promise<void> {
    const keys = this.chance(0.12) ? this.shuffledKeys().slice(0, 2) : [this.pick(KEYS)];
    const deletes = this.chance(0.35);
    for (let attempt = 0; attempt < 3 && this.mayCall(); attempt++) {
      const writes: Write[] = [];
      for (const key of keys) {
        const found = await this.read(table, key);
        const value = found?.value && deletes ? null : this.newValue(name);
        const term: IndexTerm = { index: 'node', term: this.pick(TERMS) };
        const expires = value !== null && this.chance(0.1) ? { expiresAtSeconds: this.now() + DAY_SECONDS } : {};
        writes.push({ partition: this.home.partition, key, expect: found?.revision ?? 0, value, ...(value && { indexes: [term] }), ...expires });
      }
      if ((await this.commit(table, name, writes)) === 'done') return;
    }
  }

  private async commit(table: Table, name: string, writes: Write[]): Promise<Attempt['outcome']> {
    const claims = this.chance(0.1) ? await this.claimWrite(table) : [];
    const attempt: Attempt = {
      id: `${name}-${this.names++}`,
      writes: writes.map(({ key, value, indexes, expiresAtSeconds }) => ({ key, value: value && Buffer.from(value.subarray(0, 24)).toString('latin1').trimEnd(), term: indexes?.[0]?.term ?? '', expires: expiresAtSeconds ?? Infinity })),
      outcome: 'open',
      revisions: [],
    };
    this.history.begin(attempt);
    this.history.claimsUnknown += claims.length;
    try {
      const revisions = await this.call(() => table.commit({ writes, claims, by: attempt.id }));
      this.history.done(attempt, revisions);
      this.history.claimsDone += claims.length;
      this.history.claimsUnknown -= claims.length;
    } catch (error) {
      attempt.outcome = error instanceof PortError ? 'refused' : 'unknown';
      if (attempt.outcome === 'refused') this.history.claimsUnknown -= claims.length;
      this.expectPortError(error, ['Conflict', 'Throttled', 'Unavailable'], true);
    }
    return attempt.outcome;
  }

  private async raiseClaim(table: Table): Promise<void> {
    const claims = await this.claimWrite(table);
    this.history.claimsUnknown++;
    try {
      await this.call(() => table.commit({ writes: [], claims }));
      this.history.claimsDone++;
      this.history.claimsUnknown--;
    } catch (error) {
      if (error instanceof PortError) this.history.claimsUnknown--;
      this.expectPortError(error, ['Conflict', 'Throttled', 'Unavailable'], true);
    }
  }

  private async claimWrite(table: Table): Promise<ClaimWrite[]> {
    const { cluster } = this.home;
    const claim = await this.persist(() => this.call(() => table.readClaim(cluster, 'count')));
    const count = claim ? Number(Buffer.from(claim.value).toString()) : 0;
    if (claim) this.history.sawClaim(claim.version, String(count));
    return [{ cluster, key: 'count', expect: claim?.version ?? null, value: Buffer.from(String(count + 1)) }];
  }

  private async bump(table: Table, name: string): Promise<void> {
    try {
      const revision = await this.call(() => table.bump(this.home.partition));
      this.history.give(revision, `bump of ${name}`);
      this.history.acknowledged = Math.max(this.history.acknowledged, revision);
    } catch (error) {
      this.expectPortError(error, ['Throttled', 'Unavailable'], false);
    }
  }

  private async read(table: Table, key: string): ReturnType<Table['read']> {
    const least = this.history.leastFor(key);
    const start = this.now();
    const found = await this.persist(() => this.call(() => table.read(this.home.partition, key)));
    // What was deleted may have been forgotten after a day.
    this.history.sawRead(key, found, { least: this.daysPassed ? 0 : least, moment: this.since(start) });
    return found;
  }

  private async watch(table: Table): Promise<void> {
    await this.idle(40);
    let at = await this.snapshot(table, {});
    while (this.mayCall()) {
      await this.idle(4);
      if (this.chance(0.25)) await this.lookAside(table, at);
      at = (await this.follow(table, at)) ?? (await this.snapshot(table, {}));
    }
  }

  private async snapshot(table: Table, query: SnapshotQuery): Promise<Revision> {
    const least = this.history.acknowledged;
    const start = this.now();
    const snapshot = await this.persist(() => this.call(() => table.snapshot(this.home.partition, query)));
    this.history.sawSnapshot(snapshot, query, { least, moment: this.since(start) });
    return snapshot.revision;
  }

  // undefined: the history is gone.
  private async follow(table: Table, after: Revision): Promise<Revision | undefined> {
    const least = Math.max(after, this.history.acknowledged);
    const limit = this.chance(0.3) ? 1 + this.integer(3) : 100;
    const start = this.now();
    try {
      const { changes, revision } = await this.persist(() => this.call(() => table.changes(this.home.partition, after, limit)));
      this.history.sawChanges(changes, { after, revision, moment: this.since(start) });
      if (changes.length < limit && revision < least && !this.daysPassed) this.history.fail(`changes after ${after} end at ${revision}, but ${least} had been acknowledged before`);
      return revision;
    } catch (error) {
      return this.expectExpired(error);
    }
  }

  // By index, by page, at a past revision.
  private async lookAside(table: Table, at: Revision): Promise<void> {
    const queries: SnapshotQuery[] = [{ index: { index: 'node', term: 'n1' } }, { index: { index: 'node', term: 'n2' } }, { limit: 1 }, { at }, { at: Math.max(1, at - this.integer(4)), after: 'a' }];
    try {
      await this.snapshot(table, this.pick(queries));
    } catch (error) {
      this.expectExpired(error);
    }
  }

  // All of the log that has not been looked at before.
  private async audit(table: Table): Promise<void> {
    const { partition } = this.home;
    for (let end = false; !end; ) {
      const [start, after] = [this.now(), this.audited];
      const found = await this.persist(() => table.changes(partition, after, 50)).catch((error: unknown) => this.expectExpired(error));
      // A reservation that nobody used before the days passed: to whoever stands before it, it looks like history.
      if (!found) {
        this.audited++;
        continue;
      }
      const { changes, revision } = found;
      this.history.sawChanges(changes, { after, revision, moment: this.since(start) });
      end = revision === after;
      this.audited = revision;
    }
  }

  private async persist<T>(what: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await what();
      } catch (error) {
        if (attempt === PATIENCE || !(hasCode(error, 'Throttled') || hasCode(error, 'Unavailable'))) throw error;
        await this.home.pause();
      }
    }
  }

  private expectPortError(error: unknown, codes: string[], orUnknown: boolean): void {
    if (error instanceof PortError ? codes.includes(error.code) : orUnknown && error instanceof Error && UNKNOWN.test(`${error.name}: ${error.message}`)) return;
    throw error;
  }

  private expectExpired(error: unknown): undefined {
    if (!(hasCode(error, 'Expired') && this.daysPassed)) throw error;
  }

  private async call<T>(what: () => Promise<T>): Promise<T> {
    this.calls++;
    return what();
  }

  private mayCall(): boolean {
    return this.calls < MAX_CALLS - 4 && this.history.fault === undefined;
  }

  private async dieWithin(process: Process, work: Promise<void>): Promise<boolean> {
    let ended = false;
    const finished = work.then(() => {
      ended = true;
      return false;
    });
    const death = async (): Promise<boolean> => {
      await this.idle(60);
      if (ended) return false;
      process.kill();
      return true;
    };
    return Promise.race([finished, death()]);
  }

  private newValue(name: string): Uint8Array {
    const value = `${name}=${this.names++}`;
    const roll = this.home.random();
    if (roll < 0.03) return Buffer.concat([Buffer.from(value.padEnd(24)), this.noise(1500)]); // stored aside
    return Buffer.from(roll < 0.06 ? value.padEnd(2000) : value); // shrinks enough to be stored inline
  }

  /** Bytes that no compression makes less of. */
  private noise(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.integer(256));
  }

  private now(): number {
    return Math.floor(this.home.clock.now() / 1000);
  }

  private since(start: number): Moment {
    return { start, end: this.now() };
  }

  private async idle(most: number): Promise<void> {
    for (let n = this.integer(most); n > 0; n--) await this.home.pause();
  }

  private chance(share: number): boolean {
    return this.home.random() < share;
  }

  private integer(below: number): number {
    return Math.floor(this.home.random() * below);
  }

  private pick<T>(all: readonly T[]): T {
    return all[this.integer(all.length)] as T;
  }

  private shuffledKeys(): string[] {
    const first = this.integer(KEYS.length);
    return [...KEYS.slice(first), ...KEYS.slice(0, first)];
  }
}
