/** The emulated account: one region, one account, as the stand-ins below it have them built in. */
export const REGION = 'us-east-1';
export const ACCOUNT_ID = '000000000000';
export const PARTITION = 'aws';

export const WEBSOCKET_API_ID = 'a1b2c3d4e5';

/** The key with which the account itself makes and reads what the template describes. */
export const ACCOUNT_KEY = 'ACCOUNT';

/** What new accounts have, over all functions together. */
export const CONCURRENCY = 10;

export function arn(service: string, resource: string, { region = REGION }: { region?: string } = {}): string {
  return `arn:${PARTITION}:${service}:${region}:${ACCOUNT_ID}:${resource}`;
}
