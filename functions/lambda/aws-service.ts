import { createSignedFetch } from '#adapters/signed-fetch/signed-fetch';
import type { Clock } from '#ports/clock';
import { defaultProvider } from './credentials.ts';
import { readPlatform } from './environment.ts';

/** A service of AWS that is called without the SDK; `ownEndpoint` where it is not the region's. */
export function awsService(service: string, clock: Clock, ownEndpoint?: string): { endpoint: URL; fetch: ReturnType<typeof createSignedFetch> } {
  const { region, endpointUrl } = readPlatform();
  const endpoint = new URL(ownEndpoint ?? `https://${service}.${region}.amazonaws.com`);
  return {
    endpoint: endpointUrl === undefined ? endpoint : new URL(endpoint.pathname, endpointUrl),
    fetch: createSignedFetch({ service, region, credentials: defaultProvider(), clock }),
  };
}
