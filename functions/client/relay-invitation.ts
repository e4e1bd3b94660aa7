import { openedWithin, type OpenedRelay } from '#api/relay/opening';
import { INVITATION_MEDIA_TYPE, type RelayInvitation, type RelayRequest } from '#api/relay/protocol';
import { RelaySession } from '#api/relay/session';
import { UPGRADE_REQUIRED } from '#api/remote-command/stream-protocols';
import { ApiError, apiErrorOf, isReason } from './api-error.ts';
import { systemClock } from './clock.ts';
import type { JoinRelay } from './join-relay.ts';
import { readText, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';

/** What a session at a server that upgrades no connections takes. */
export interface RelayClient {
  send: Transport;
  joinRelay: JoinRelay;
}

export interface InvitedSession {
  request: RelayRequest;
  opened: OpenedRelay;
}

const OPEN_TIMEOUT_MS = 20_000;

/** For exec, attach and portforward. undefined: this server upgrades connections itself. A refusal is an `ApiError`. */
export async function invitedSession(client: RelayClient, request: Pick<HttpRequest, 'path' | 'headers' | 'signal'>): Promise<InvitedSession | undefined> {
  const response = await client.send(invitationRequest({ ...request, method: 'POST' }));
  if (isInvitation(response)) return joinInvitation(client, response, request.signal);
  const refused = apiErrorOf(response.status, await readText(response));
  if (isReason(refused, 'BadRequest') && refused.message === UPGRADE_REQUIRED) return undefined;
  throw refused;
}

/** What a container prints, wherever it comes from: the server's answer, or a session that is joined for it. */
export async function openLog(client: RelayClient, request: Pick<HttpRequest, 'path' | 'headers' | 'signal'>): Promise<AsyncGenerator<Uint8Array>> {
  const response = await client.send(invitationRequest({ ...request, method: 'GET', held: true }));
  if (!isInvitation(response)) {
    if (response.status >= 200 && response.status < 300) return bodyOf(response);
    throw apiErrorOf(response.status, await readText(response));
  }
  const { opened } = await joinInvitation(client, response, request.signal);
  if ('refusal' in opened) throw new ApiError(opened.refusal);
  return outputOf(opened.session);
}

function invitationRequest({ headers, ...request }: HttpRequest): HttpRequest {
  return { ...request, headers: { ...headers, accept: `${INVITATION_MEDIA_TYPE}, application/json` } };
}

function isInvitation(response: HttpResponse): boolean {
  return response.status === 200 && response.header('content-type') === INVITATION_MEDIA_TYPE;
}

async function joinInvitation({ joinRelay }: RelayClient, response: HttpResponse, signal: AbortSignal | undefined): Promise<InvitedSession> {
  const { address, request } = JSON.parse(await readText(response)) as RelayInvitation;
  const session = new RelaySession(await joinRelay(address, signal));
  const opened = await openedWithin(session, OPEN_TIMEOUT_MS, systemClock.sleep);
  if (opened === undefined) throw new ApiError({ code: 503, reason: 'ServiceUnavailable', message: `the agent of the pod's node did not answer within ${OPEN_TIMEOUT_MS / 1000} s` });
  return { request, opened };
}

async function* bodyOf({ body }: HttpResponse): AsyncGenerator<Uint8Array> {
  yield* body;
}

async function* outputOf(session: RelaySession): AsyncGenerator<Uint8Array> {
  try {
    const output = session.open('output');
    for (let bytes = await output.read(); bytes !== undefined; bytes = await output.read()) yield bytes;
  } finally {
    session.close();
  }
}
