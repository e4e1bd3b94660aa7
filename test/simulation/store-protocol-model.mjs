// A model of the store protocol of design.md section 3 (reserve, commit, void, tombstones, watermark) for one partition.
// Writers and readers are generators whose steps a seeded scheduler interleaves. Transactions are torn as DynamoDB's are: other readers
// see one item before the other. Writers may die after reserving.
// Days may pass while everybody stands still, and then TTL has swept some of what was due: entries and voids after two days, tombstones after
// one. A swept entry looks like a hole, so the counter keeps marks of its age: what was reserved half a day ago is decided.
//   node store-protocol-model.mjs SEEDS [no-tombstone | no-verify | no-resolve | no-void-check | no-marks | no-give-up | no-restart]
// Checks: the log is a valid history; each snapshot is exactly the log's state at its revision and contains every write acknowledged before it began;
// each watcher that starts from one stays exactly the log's state; in the end the items equal the log replayed. Each rule left out must be caught.
const seeds = +(process.argv[2] ?? 20000);
const without = process.argv[3] ?? '';
const KEYS = ['a', 'b', 'c'];
// In days.
const [MARK, TOMBSTONE, LOG, PASSING] = [0.5, 1, 2, 3];

function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function run(seed) {
  const chance = random(seed);
  const db = { counter: 0, resolved: 0, items: new Map(), log: new Map(), locked: new Set(), reservedAt: 0, mark: 0, markedAt: 0, decided: 0 };
  const history = new Map(); // the log as it was before anything was swept
  let now = 0;
  let acknowledged = 0;
  let fault;
  const fail = (what) => { fault ??= `seed ${seed}: ${what}`; };
  const live = (item) => (item && !item.deleted ? item : undefined);

  function voidMark(r) { // conditional put of an empty entry
    if (db.locked.has(`log ${r}`)) return 'conflict';
    if (db.log.has(r)) return 'lost';
    db.log.set(r, { void: true, at: now });
    return 'won';
  }

  function reserve() {
    if (db.markedAt <= now - MARK) Object.assign(db, { decided: longDecided(), mark: db.counter, markedAt: now });
    db.reservedAt = now;
    return ++db.counter;
  }

  function longDecided() {
    if (without === 'no-marks') return 0;
    if (db.reservedAt <= now - MARK) return db.counter;
    return db.markedAt <= now - MARK ? db.mark : db.decided;
  }
  const settled = () => Math.max(db.resolved, longDecided());

  function* days() {
    if (chance() < 0.5) return;
    for (let n = (chance() * 150) | 0; n > 0 || db.locked.size > 0; n--) yield;
    now += PASSING;
    for (const [r, { at }] of db.log) if (at <= now - LOG && chance() < 0.7) db.log.delete(r);
    for (const [key, { deleted, at }] of db.items) if (deleted && at <= now - TOMBSTONE && chance() < 0.7) db.items.delete(key);
  }

  function* commit(key, r, expected, deletes) {
    if (db.locked.has(`item ${key}`) || db.locked.has(`log ${r}`)) return 'conflict';
    const there = db.items.get(key);
    if (db.log.has(r) && without !== 'no-void-check') return 'failed';
    if (without === 'no-tombstone' ? (live(there)?.rev ?? 0) !== (live(expected)?.rev ?? 0) : (there?.rev ?? 0) !== (expected?.rev ?? 0) || (there?.rev ?? 0) >= r) return 'failed';
    db.locked.add(`item ${key}`).add(`log ${r}`);
    yield;
    const halves = [
      () => { db.items.set(key, { rev: r, deleted: deletes, at: now }); if (deletes && without === 'no-tombstone') db.items.delete(key); db.locked.delete(`item ${key}`); },
      () => { history.set(r, { key, deleted: deletes, creates: !live(expected) }); db.log.set(r, { ...history.get(r), at: now }); db.locked.delete(`log ${r}`); },
    ];
    if (chance() < 0.5) halves.reverse();
    halves[0]();
    do yield; while (chance() < 0.5);
    halves[1]();
    return 'done';
  }

  function* writer() {
    for (let n = 0; n < 5; n++) {
      const key = KEYS[(chance() * 3) | 0];
      const operation = ['create', 'delete', 'update'][(chance() * 3) | 0];
      for (let attempt = 0; attempt < 20; attempt++) {
        const expected = db.items.get(key);
        yield;
        if ((operation === 'create') === Boolean(live(expected))) break;
        const r = reserve();
        const reservedAt = now;
        yield;
        if (now > reservedAt && without !== 'no-give-up') continue; // a minute is over, and more
        if (chance() < 0.06) return; // dies with its reservation
        const outcome = yield* commit(key, r, expected, operation === 'delete');
        if (outcome === 'done') { acknowledged = Math.max(acknowledged, r); break; }
        yield;
        if (chance() < 0.8 && now === reservedAt) while (voidMark(r) === 'conflict') yield;
      }
    }
  }

  // Gives the entries; 'gone': what is missing is settled, so it is history that was swept.
  function* resolve(from, to) {
    if (without === 'no-resolve') return db.log;
    const entries = new Map();
    for (let r = from + 1; r <= to; r++) {
      while (!db.log.has(r)) {
        if (r <= settled()) return 'gone';
        const since = now;
        yield;
        if (now === since && chance() < 0.5) voidMark(r);
      }
      const entry = db.log.get(r);
      entries.set(r, entry);
      if (entry.void || ['no-verify', 'no-tombstone'].includes(without)) continue;
      while (entry.at === now && (db.items.get(entry.key)?.rev ?? 0) < r) yield; // the item must show it too
    }
    return entries;
  }

  const head = (atLeast) => Math.max(atLeast, ...db.log.keys());
  const lay = (state, after, upTo, log) => {
    for (let r = after + 1; r <= upTo; r++) {
      const entry = log.get(r);
      if (entry && !entry.void && (state.get(entry.key)?.rev ?? 0) < r) state.set(entry.key, { rev: r, deleted: entry.deleted });
    }
    return state;
  };
  const compare = (what, at, state) => {
    const truth = lay(new Map(), 0, at, history);
    for (const key of KEYS) {
      const [want, got] = [truth, state].map((s) => live(s.get(key))?.rev ?? 0);
      if (want !== got) fail(`${what} at ${at}: ${key} is ${want}, seen ${got}`);
    }
  };

  function* snapshot() {
    for (;;) {
      const before = acknowledged;
      const since = now;
      const w = settled();
      yield;
      const state = new Map();
      for (const key of KEYS) { const item = db.items.get(key); if (item) state.set(key, item); yield; }
      const at = Math.max(head(w), ...[...state.values()].map((i) => i.rev));
      const entries = yield* resolve(w, at);
      // So slow that the tail may have been swept: what was read before says too little.
      if (entries === 'gone' || (now > since && without !== 'no-restart')) continue;
      lay(state, w, at, entries);
      db.resolved = Math.max(db.resolved, at);
      if (at < before) fail(`snapshot at ${at} misses acknowledged ${before}`);
      compare('snapshot', at, state);
      return { at, state };
    }
  }

  function* watcher() {
    for (let n = (chance() * 60) | 0; n > 0; n--) yield;
    let { at, state } = yield* snapshot();
    for (let n = 0; n < 150; n++) {
      yield;
      const next = head(at);
      if (next === at) continue;
      const entries = yield* resolve(at, next);
      if (entries === 'gone') {
        ({ at, state } = yield* snapshot()); // 410: list again
        continue;
      }
      lay(state, at, next, entries);
      at = next;
      compare('watch', at, state);
    }
  }

  const tasks = [days(), ...[...Array(5)].flatMap(() => [writer(), watcher()])];
  for (let step = 0; tasks.length && step < 50000; step++) {
    const i = (chance() * tasks.length) | 0;
    if (tasks[i].next().done) tasks.splice(i, 1);
  }
  compare('items in the end', db.counter, db.items);
  const present = new Map();
  for (let r = 1; r <= db.counter; r++) {
    const entry = history.get(r);
    if (!entry) continue;
    if (entry.creates === Boolean(present.get(entry.key))) fail(`history at ${r}: ${entry.creates ? 'create of a live' : 'change of an absent'} ${entry.key}`);
    present.set(entry.key, !entry.deleted);
  }
  return fault;
}

let bad = 0;
let first;
for (let seed = 1; seed <= seeds; seed++) {
  const fault = run(seed);
  if (fault) { bad++; first ??= fault; }
}
console.log(`${without || 'all rules'}: ${seeds} seeds, ${bad} bad${first ? ` (first: ${first})` : ''}`);
process.exit(bad ? 1 : 0);
