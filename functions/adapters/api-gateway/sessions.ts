import { decodeBase64Url, encodeBase64Url } from '#api/codec/base64';
import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import type { RelayRequest } from '#api/relay/protocol';
import type { Clock } from '#ports/clock';
import type { Digest } from '#ports/digest';
import { hasCode, PortError } from '#ports/errors';
import { newSecret, type Ids } from '#ports/ids';
import type { Claim, ClaimWrite, Table } from '#ports/table';

/** The two who meet in a session. */
export type Side = 'asker' | 'agent';

/** A session that is waited for or open: one record, beside one for each of its connections. */
interface SessionRecord {
  request: RelayRequest;
  /** The asker's ticket, hashed. */
  askerDigest: string;
  /** The agent's, which is still to be given to it; it is of use for a minute. */
  agentSecret: string;
  connections: Partial<Record<Side, string>>;
}

interface ConnectionRecord {
  sessionKey: string;
  /** Where its pieces go; none until the other end has come. */
  peer?: string;
}

interface Ticket {
  cluster: string;
  node: string;
  session: string;
  side: Side;
  secret: string;
}

export interface Joined {
  cluster: string;
  node: string;
  side: Side;
}

export interface RelaySessions {
  /** Gives the asker's ticket. */
  create(cluster: string, node: string, request: RelayRequest): Promise<string>;
  /** Sessions whose asker is there and whose agent is not, with the agent's tickets. */
  waiting(cluster: string, node: string): Promise<{ session: string; request: RelayRequest; ticket: string }[]>;
  /** Throws `Forbidden` for what is no ticket of a session that waits for this end. */
  join(ticket: string, connectionId: string): Promise<Joined>;
  /** undefined: the connection belongs to no session. */
  connection(connectionId: string): Promise<{ peer?: string } | undefined>;
  /** Ends the session of a connection; gives the other one. */
  leave(connectionId: string): Promise<string | undefined>;
}

export interface RelaySessionsOptions {
  table: Pick<Table, 'readClaim' | 'claims' | 'commit'>;
  /** In whose part of the table they are kept; a connection says nothing of its cluster. */
  installation: string;
  digest: Digest;
  ids: Ids;
  clock: Pick<Clock, 'now'>;
}

const WAITING_SECONDS = 60;
/** API Gateway ends every connection after two hours. */
const OPEN_SECONDS = 2 * 3600 + 600;
const MAX_TURNS = 5;

export function createRelaySessions(options: RelaySessionsOptions): RelaySessions {
  const { table, installation, digest, ids } = options;
  const read = async <T>(key: string): Promise<{ claim: Claim; record: T } | undefined> => {
    const claim = await table.readClaim(installation, key);
    return claim && { claim, record: fromJsonBytes<T>(claim.value) };
  };
  const commit = async (claims: ClaimWrite[]): Promise<void> => void (await table.commit({ writes: [], claims }));
  const record = (key: string, value: unknown, seconds: number, expect?: string | null): ClaimWrite => ({
    cluster: installation,
    key,
    value: toJsonBytes(value),
    expiresAtSeconds: Math.ceil(options.clock.now() / 1000) + seconds,
    ...(expect === undefined ? {} : { expect }),
  });
  const removal = (key: string): ClaimWrite => ({ cluster: installation, key, value: null });

  return {
    async create(cluster, node, request) {
      const ticket: Ticket = { cluster, node, session: ids.uuid(), side: 'asker', secret: newSecret(ids) };
      const made: SessionRecord = { request, askerDigest: digest.sha256(ticket.secret), agentSecret: newSecret(ids), connections: {} };
      await commit([record(sessionKey(ticket), made, WAITING_SECONDS, null)]);
      return encodeTicket(ticket);
    },

    async waiting(cluster, node) {
      const claims = await table.claims(installation, sessionKey({ cluster, node, session: '' }));
      return claims.flatMap(({ key, value }) => {
        const { request, agentSecret, connections } = fromJsonBytes<SessionRecord>(value);
        const session = key.slice(key.lastIndexOf('/') + 1);
        const isWaiting = connections.asker !== undefined && connections.agent === undefined;
        return isWaiting ? [{ session, request, ticket: encodeTicket({ cluster, node, session, side: 'agent', secret: agentSecret }) }] : [];
      });
    },

    async join(text, connectionId) {
      const ticket = decodeTicket(text);
      if (ticket === undefined) throw refused();
      const { side } = ticket;
      for (let turn = 1; ; turn++) {
        const found = await read<SessionRecord>(sessionKey(ticket));
        if (found === undefined || found.record.connections[side] !== undefined || !isOf(ticket, found.record, digest)) throw refused();
        try {
          await commit(joining(found, { key: sessionKey(ticket), side, connectionId }, record));
          return { cluster: ticket.cluster, node: ticket.node, side };
        } catch (error) {
          if (!hasCode(error, 'Conflict') || turn === MAX_TURNS) throw error;
        }
      }
    },

    async connection(connectionId) {
      return (await read<ConnectionRecord>(connectionKey(connectionId)))?.record;
    },

    async leave(connectionId) {
      const found = await read<ConnectionRecord>(connectionKey(connectionId));
      if (found === undefined) return undefined;
      const { sessionKey, peer } = found.record;
      await commit([sessionKey, connectionKey(connectionId), ...(peer === undefined ? [] : [connectionKey(peer)])].map(removal));
      return peer;
    },
  };
}

type WriteRecord = (key: string, value: unknown, seconds: number, expect?: string | null) => ClaimWrite;

/** The session with its new connection, and who is whose peer. */
function joining({ claim, record }: { claim: Claim; record: SessionRecord }, { key, side, connectionId }: { key: string; side: Side; connectionId: string }, write: WriteRecord): ClaimWrite[] {
  const peer = record.connections[side === 'asker' ? 'agent' : 'asker'];
  const open = peer !== undefined;
  const joined: SessionRecord = { ...record, connections: { ...record.connections, [side]: connectionId } };
  const own: ConnectionRecord = { sessionKey: key, ...(open ? { peer } : {}) };
  const other: ConnectionRecord = { sessionKey: key, peer: connectionId };
  return [
    write(key, joined, open ? OPEN_SECONDS : WAITING_SECONDS, claim.version),
    write(connectionKey(connectionId), own, OPEN_SECONDS),
    ...(open ? [write(connectionKey(peer), other, OPEN_SECONDS)] : []),
  ];
}

function isOf({ side, secret }: Ticket, { askerDigest, agentSecret, connections }: SessionRecord, digest: Digest): boolean {
  if (side === 'asker') return digest.sha256(secret) === askerDigest;
  return connections.asker !== undefined && digest.sha256(secret) === digest.sha256(agentSecret);
}

function sessionKey({ cluster, node, session }: Pick<Ticket, 'cluster' | 'node' | 'session'>): string {
  return `relay/${cluster}/${node}/${session}`;
}

function connectionKey(connectionId: string): string {
  return `relay-connection/${connectionId}`;
}

function refused(): PortError {
  return new PortError('Forbidden', 'no session waits for this');
}

function encodeTicket({ cluster, node, session, side, secret }: Ticket): string {
  return encodeBase64Url(new TextEncoder().encode([cluster, node, session, side, secret].join(' ')));
}

function decodeTicket(text: string): Ticket | undefined {
  try {
    const [cluster, node, session, side, secret] = new TextDecoder().decode(decodeBase64Url(text)).split(' ');
    if (!cluster || !node || !session || !secret || (side !== 'asker' && side !== 'agent')) return undefined;
    return { cluster, node, session, side, secret };
  } catch {
    return undefined; // no base64
  }
}
