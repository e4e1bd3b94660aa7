import { createSignedFetch } from '#adapters/signed-fetch/signed-fetch';
import type { Clock } from '#ports/clock';
import { defaultProvider } from './credentials.ts';
import { readPlatform } from './environment.ts';

/** A regional service of AWS that is called without the SDK. */
export function awsService(service: string, clock: Clock): { endpoint: URL; fetch: ReturnType<typeof createSignedFetch> } {
  const { region, endpointUrl } = readPlatform();
  return { endpoint: new URL(endpointUrl ?? `https://${service}.${region}.amazonaws.com`), fetch: createSignedFetch({ service, region, credentials: defaultProvider(), clock }) };
}
