import type { Change, ReadResult, Revision, Snapshot, SnapshotQuery } from '#ports/table';

/**
 * What the actors of one interleaving saw, and the judgement of it. The log is the truth: everything else that was seen must be what
 * the log says, and the log itself must be a history that could have happened. Judged in the end, when the whole log is known.
 */
export interface Attempt {
  /** Goes into the log as `by`, so that each entry leads back to who wanted it. */
  id: string;
  writes: { key: string; value: string | null; term: string; expires: number }[];
  outcome: 'open' | 'done' | 'refused' | 'unknown';
  revisions: Revision[];
}

/** When something was seen, in seconds: what expires between start and end may be there or not. */
export interface Moment {
  start: number;
  end: number;
}

interface Entry {
  key: string;
  value: string | null;
  previous: string | null;
  previousRevision: Revision;
  by: string;
  seen: Moment;
}

export class History {
  fault: string | undefined;
  private readonly log = new Map<Revision, Entry>();
  private readonly attempts = new Map<string, Attempt>();
  private readonly given = new Map<Revision, string>();
  private readonly judgements: (() => void)[] = [];
  private readonly acknowledgedKeys = new Map<string, Revision>();
  private readonly claims = new Map<string, string>();
  /** The highest revision that a writer has been told is done. */
  acknowledged: Revision = 1;
  claimsDone = 0;
  claimsUnknown = 0;

  fail(what: string): void {
    this.fault ??= what;
  }

  begin(attempt: Attempt): void {
    this.attempts.set(attempt.id, attempt);
  }

  done(attempt: Attempt, revisions: Revision[]): void {
    attempt.outcome = 'done';
    attempt.revisions = revisions;
    revisions.forEach((revision, i) => {
      this.give(revision, `${attempt.id}/${i}`);
      const { key } = attempt.writes[i] ?? { key: '' };
      this.acknowledgedKeys.set(key, Math.max(revision, this.acknowledgedKeys.get(key) ?? 0));
    });
    this.acknowledged = Math.max(this.acknowledged, ...revisions);
  }

  /** A revision that a writer was given, by commit or bump: never twice. */
  give(revision: Revision, to: string): void {
    const other = this.given.get(revision);
    if (other !== undefined) this.fail(`revision ${revision} was given to ${other} and to ${to}`);
    this.given.set(revision, to);
  }

  leastFor(key: string): Revision {
    return this.acknowledgedKeys.get(key) ?? 0;
  }

  sawRead(key: string, found: ReadResult | undefined, { least, moment }: { least: Revision; moment: Moment }): void {
    const revision = found?.revision ?? 0;
    if (revision < least) this.fail(`read of ${key} gave revision ${revision}, but ${least} had been acknowledged before`);
    this.judgements.push(() => {
      if (revision === 0) return;
      const entry = this.log.get(revision);
      if (entry?.key !== key) return this.fail(`read of ${key} gave revision ${revision}, which the log does not have for it`);
      const value = text(found?.value);
      if (value !== entry.value && !(value === null && this.mayBeExpired(entry, moment))) this.fail(`read of ${key} at ${revision} gave ${value}, the log says ${entry.value}`);
    });
  }

  sawSnapshot(snapshot: Snapshot, query: SnapshotQuery, { least, moment }: { least: Revision; moment: Moment }): void {
    const { items, revision, remaining } = snapshot;
    const name = `snapshot ${JSON.stringify(query)} at ${revision}`;
    if (query.at === undefined ? revision < least : revision !== query.at) this.fail(`${name} misses acknowledged ${least}`);
    this.judgements.push(() => {
      const matching = [...this.stateAt(revision)].filter(([key, { by }]) => key > (query.after ?? '') && (!query.index || query.index.term === this.writeOf(by, key)?.term));
      const sure = matching.filter(([, entry]) => !this.mayBeExpired(entry, moment));
      const possible = new Map(matching.filter(([, entry]) => !this.isExpired(entry, moment)));
      for (const { key, revision: at, value } of items) {
        const entry = possible.get(key);
        if (!entry || entry.revision !== at || entry.value !== text(value)) this.fail(`${name} shows ${key} as ${text(value)} of ${at}; the log says ${entry ? `${entry.value} of ${entry.revision}` : 'nothing'}`);
      }
      const total = items.length + remaining;
      if (total < sure.length || total > possible.size) this.fail(`${name} has ${items.length} items and ${remaining} more; the log says ${sure.length} to ${possible.size}`);
      const shown = items.map(({ key }) => key);
      if (shown.join() !== [...shown].sort().join()) this.fail(`${name} is out of order: ${shown.join()}`);
      const missing = sure.find(([key]) => !shown.includes(key) && (remaining === 0 || key < (shown.at(-1) ?? '')));
      if (missing) this.fail(`${name} lacks ${missing[0]}`);
    });
  }

  /** What a watcher was given between two revisions: all of it, once, in order. */
  sawChanges(changes: readonly Change[], { after, revision, moment }: { after: Revision; revision: Revision; moment: Moment }): void {
    for (const change of changes) this.learn(change, moment);
    const seen = changes.map((change) => change.revision);
    const [first, last] = [seen[0] ?? after + 1, seen.at(-1) ?? revision];
    if (first <= after || last > revision || seen.some((one, i) => i > 0 && one <= (seen[i - 1] ?? 0))) this.fail(`changes after ${after} up to ${revision} came as ${seen.join()}`);
    this.judgements.push(() => {
      for (const [at, entry] of this.log) {
        if (at > after && at <= revision && !seen.includes(at) && !this.mayBeExpired(entry, moment)) this.fail(`changes after ${after} up to ${revision} lack ${at} (${entry.by})`);
      }
    });
  }

  sawClaim(version: string, value: string): void {
    const before = this.claims.get(version);
    if (before !== undefined && before !== value) this.fail(`claim version ${version} stands for ${before} and for ${value}`);
    this.claims.set(version, value);
  }

  /** The head of the log as far as it is known. */
  get head(): Revision {
    return Math.max(1, ...this.log.keys());
  }

  judge(finalClaim: number, nowSeconds: number): void {
    // What has expired before anybody saw it may have replaced something, or not: such a run cannot be judged.
    if ([...this.attempts.values()].some((attempt) => this.hasVanished(attempt, nowSeconds))) return;
    this.judgeLog();
    for (const attempt of this.attempts.values()) this.judgeAttempt(attempt);
    for (const judgement of this.judgements) judgement();
    if (finalClaim < this.claimsDone || finalClaim > this.claimsDone + this.claimsUnknown) this.fail(`the claim counts ${finalClaim}; ${this.claimsDone} were done and ${this.claimsUnknown} unknown`);
  }

  // Every entry is what its author wanted, once, and replaces what was there.
  private judgeLog(): void {
    const state = new Map<string, Entry & { revision: Revision }>();
    const authors = new Set<string>();
    for (const [revision, entry] of [...this.log].sort(([a], [b]) => a - b)) {
      const { key, value, previous, previousRevision, by, seen } = entry;
      const wanted = this.writeOf(by, key);
      if (!wanted || wanted.value !== value) this.fail(`entry ${revision} has ${key}=${value} by ${by}, who wanted ${wanted?.value}`);
      if (authors.has(`${by} ${key}`)) this.fail(`${by} is in the log twice, the second time at ${revision}`);
      authors.add(`${by} ${key}`);
      const given = this.given.get(revision);
      if (given !== undefined && given.split('/')[0] !== by) this.fail(`revision ${revision} was given to ${given}, but holds ${by}`);
      const before = state.get(key);
      const gone = !before || before.value === null;
      const asLogged = previous === (before?.value ?? null) && previousRevision === (gone ? 0 : before.revision);
      const asExpired = previous === null && previousRevision === 0 && before !== undefined && this.mayBeExpired(before, seen);
      if (!asLogged && !asExpired) this.fail(`entry ${revision} (${by}) replaces ${previous} of ${previousRevision}; before it ${key} was ${before?.value} of ${before?.revision}`);
      state.set(key, { ...entry, revision });
    }
  }

  private judgeAttempt({ id, outcome, revisions, writes }: Attempt): void {
    const found = [...this.log].filter(([, { by }]) => by === id);
    if (outcome === 'refused' && found.length > 0) this.fail(`${id} was told that nothing was written, but revision ${found[0]?.[0]} is its own`);
    if (found.length > 0 && found.length !== writes.length) this.fail(`${id} has written ${found.length} of ${writes.length}`);
    if (outcome !== 'done') return;
    writes.forEach(({ key }, i) => {
      const entry = this.log.get(revisions[i] ?? 0);
      if (entry?.by !== id || entry.key !== key) this.fail(`${id} was told that ${key} is revision ${revisions[i]}, which holds ${entry?.by ?? 'nothing'}`);
    });
  }

  private hasVanished({ id, writes, outcome }: Attempt, nowSeconds: number): boolean {
    const isKnown = (key: string): boolean => [...this.log.values()].some((entry) => entry.by === id && entry.key === key);
    return outcome !== 'refused' && writes.some(({ key, expires }) => expires <= nowSeconds && !isKnown(key));
  }

  private learn({ revision, key, value, previous, previousRevision, by = '' }: Change, seen: Moment): void {
    const entry: Entry = { key, value: text(value), previous: text(previous), previousRevision, by, seen };
    const known = this.log.get(revision);
    if (known && (known.key !== key || known.value !== entry.value || known.by !== by)) this.fail(`revision ${revision} was seen as ${known.by} and as ${by}`);
    if (!known) this.log.set(revision, entry);
  }

  private stateAt(revision: Revision): Map<string, Entry & { revision: Revision }> {
    const state = new Map<string, Entry & { revision: Revision }>();
    for (const [at, entry] of this.log) {
      if (at <= revision && at > (state.get(entry.key)?.revision ?? 0)) state.set(entry.key, { ...entry, revision: at });
    }
    for (const [key, { value }] of state) if (value === null) state.delete(key);
    return state;
  }

  private writeOf(by: string, key: string): Attempt['writes'][number] | undefined {
    return this.attempts.get(by)?.writes.find((write) => write.key === key);
  }

  private isExpired({ by, key }: Entry, { start }: Moment): boolean {
    return (this.writeOf(by, key)?.expires ?? Infinity) <= start;
  }

  private mayBeExpired({ by, key }: Entry, { end }: Moment): boolean {
    return (this.writeOf(by, key)?.expires ?? Infinity) <= end;
  }
}

function text(value: Uint8Array | null | undefined): string | null {
  return value ? Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, 24)).toString('latin1').trimEnd() : null;
}
