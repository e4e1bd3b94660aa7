import type { ServiceAccountTokenProjection, TokenRequest } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { SERVICE_ACCOUNTS } from '#client/core-resources';
import type { Clock } from '../clock.ts';
import type { Pod } from '../pod.ts';

interface Held {
  token: string;
  renewAtMs: number;
}

const DEFAULT_EXPIRATION_SECONDS = 3607;
const RENEW_AT_SHARE = 0.8;

/** Tokens of pods' service accounts, each bound to its pod and asked for again when four fifths of its life are over. */
export class ServiceAccountTokens {
  private readonly client: ApiClient;
  private readonly clock: Clock;
  private readonly held = new Map<string, Held>();

  constructor(client: ApiClient, clock: Clock) {
    this.client = client;
    this.clock = clock;
  }

  async token(pod: Pod, { audience = '', expirationSeconds = DEFAULT_EXPIRATION_SECONDS }: ServiceAccountTokenProjection): Promise<string> {
    const { name = '', namespace = '', uid = '' } = pod.metadata;
    const key = `${uid} ${audience} ${expirationSeconds}`;
    const held = this.held.get(key);
    if (held !== undefined && this.clock.now() < held.renewAtMs) return held.token;
    const request: TokenRequest = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name: pod.spec.serviceAccountName ?? 'default', namespace },
      spec: { audiences: audience === '' ? [] : [audience], expirationSeconds, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid } },
    };
    const { status } = await this.client.create<TokenRequest>(SERVICE_ACCOUNTS, request, { subresource: 'token' });
    if (status === undefined) throw new Error('the server gave no token');
    const now = this.clock.now();
    this.held.set(key, { token: status.token, renewAtMs: now + (Date.parse(status.expirationTimestamp) - now) * RENEW_AT_SHARE });
    return status.token;
  }

  forget(podUid: string): void {
    for (const key of this.held.keys()) if (key.startsWith(`${podUid} `)) this.held.delete(key);
  }
}
