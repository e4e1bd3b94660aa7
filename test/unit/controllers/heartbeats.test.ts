import { expect, test } from 'vitest';
import { decodeHeartbeat, encodeHeartbeat } from '#api/heartbeat';
import { isSilent } from '#controllers/heartbeats';

const NODE = { metadata: { name: 'n1', creationTimestamp: '2026-01-01T00:00:00Z' } };
const CREATED_MS = Date.parse('2026-01-01T00:00:00Z');

test('a node is silent when two and a half of its own beats have not come', () => {
  for (const seconds of [20, 60]) {
    const heartbeat = decodeHeartbeat(encodeHeartbeat({ renewedAtMs: CREATED_MS + 1000, intervalMs: seconds * 1000 }));
    expect(isSilent(NODE, heartbeat, CREATED_MS + 1000 + 2.5 * seconds * 1000)).toBe(false);
    expect(isSilent(NODE, heartbeat, CREATED_MS + 1001 + 2.5 * seconds * 1000)).toBe(true);
  }
});

test('one that never beat counts from its registration', () => {
  expect(isSilent(NODE, undefined, CREATED_MS + 50_000)).toBe(false);
  expect(isSilent(NODE, undefined, CREATED_MS + 50_001)).toBe(true);
});
