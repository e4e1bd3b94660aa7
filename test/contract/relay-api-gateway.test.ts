import { afterAll, expect, test } from 'vitest';
import { createGatewayEvents } from '#adapters/api-gateway/gateway-events';
import { createGatewayRelay } from '#adapters/api-gateway/relay';
import { createRelaySessions } from '#adapters/api-gateway/sessions';
import { openEmbeddedTable } from '#adapters/embedded/open';
import { systemClock } from '#client/clock';
import { systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import { OrderedSocket } from '#api/relay/ordered-socket';
import type { RelayAddress } from '#api/relay/protocol';
import { RelaySession } from '#api/relay/session';
import { volatileFolder } from '#test/support/folder';
import { socketPair } from '#api/connection/socket-pair';
import { ask, REQUEST, relayContract, waitingFor, type RelayUnderTest } from './relay.contract.ts';

const folder = volatileFolder('relay');
const embedded = openEmbeddedTable({ folder: folder.path, clock: systemClock });
afterAll(async () => {
  await embedded.close();
  folder.remove();
});

const PIECES = 3;

/** The gateway in memory: who is connected, and which of our events happens for it. */
function underTest(): RelayUnderTest & { join(address: RelayAddress): Promise<OrderedSocket> } {
  const woken: string[] = [];
  const connected = new Map<string, ReturnType<typeof socketPair>['one']>();
  const sessions = createRelaySessions({ table: embedded.table, installation: systemIds.uuid(), digest: systemDigest, ids: systemIds, clock: systemClock });
  const events = createGatewayEvents({
    sessions,
    nodeChannel: { wake: async (cluster, node) => void woken.push(`${cluster}/${node}`) },
    connections: {
      post: async (id, text) => connected.get(id)?.send(text).then(() => true, () => false) ?? false,
      close: async (id) => connected.get(id)?.close(),
    },
  });
  const join = async ({ ticket }: RelayAddress): Promise<OrderedSocket> => {
    const id = `${systemIds.uuid()}=`;
    if (!(await events.connected(id, ticket))) throw new Error('refused');
    const { one, other } = socketPair();
    connected.set(id, one);
    void (async () => {
      for (let text = await one.receive(); text !== undefined; text = await one.receive()) void events.came(id, text as string).catch(() => undefined); // an invocation that fails loses its piece
      connected.delete(id);
      await events.disconnected(id);
    })().catch(() => undefined);
    return new OrderedSocket(other, { clock: systemClock, piecesInFlight: PIECES });
  };
  const relay = createGatewayRelay({ sessions, url: 'wss://gateway.test/live', piecesInFlight: PIECES, dial: join, clock: systemClock });
  return { relay, woken, join, dial: async (_node, { address }) => new RelaySession(await join(address ?? NOWHERE)) };
}

const NOWHERE: RelayAddress = { url: '', ticket: '', piecesInFlight: 1 };

relayContract(underTest);

test('who is invited joins as the asker, once; the agent is rung for then, and not before', async () => {
  const under = underTest();
  const address = await under.relay.invite?.('c', 'n1', REQUEST);
  if (address === undefined) throw new Error('no invitation');
  expect(address).toMatchObject({ url: 'wss://gateway.test/live', piecesInFlight: PIECES });
  expect(under.woken).toEqual([]);
  expect(await under.relay.take('c', 'n1')).toEqual([]);
  await under.join(address);
  await expect(under.join(address)).rejects.toThrow('refused');
  const agent = await under.dial('n1', await waitingFor(under));
  agent.close();
});

test.each([
  ['nothing', () => ''],
  ['no ticket', () => 'zp1.secret.checksum'],
  ['another secret', (ticket: string) => withPart(ticket, 4, 'guessed')],
  ['another node', (ticket: string) => withPart(ticket, 1, 'n2')],
  ['another cluster', (ticket: string) => withPart(ticket, 0, 'd')],
  ['another session', (ticket: string) => withPart(ticket, 2, systemIds.uuid())],
  ['the other end', (ticket: string) => withPart(ticket, 3, 'agent')],
  ['a path', (ticket: string) => withPart(ticket, 2, '../x')],
])('%s opens no session', async (_name, forge) => {
  const under = underTest();
  const address = (await under.relay.invite?.('c', 'n1', REQUEST)) ?? NOWHERE;
  await expect(under.join({ ...address, ticket: forge(address.ticket) })).rejects.toThrow('refused');
  await under.join(address); // the true one still does
});

test('who loses its other end hears of it', async () => {
  const under = underTest();
  const asked = ask(under);
  const waiting = await waitingFor(under);
  const socket = await under.join(waiting.address ?? NOWHERE);
  const agent = new RelaySession(socket);
  agent.ready();
  const opened = await asked;
  if (!('session' in opened)) throw new Error('refused');
  socket.close(); // without a word of the session's
  expect(await opened.session.ended).toMatchObject({ code: 503 });
});

function withPart(ticket: string, at: number, value: string): string {
  const parts = Buffer.from(ticket, 'base64url').toString().split(' ');
  parts[at] = value;
  return Buffer.from(parts.join(' ')).toString('base64url');
}
