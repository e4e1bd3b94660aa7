import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Failure } from '#client/failure';
import { LEAST_CONCURRENCY } from '#lambda/names';
import { explained } from './refusal.ts';

interface Wanted {
  region?: string | undefined;
  profile?: string | undefined;
}

/** What every client of the SDK is made with. */
export interface ClientOptions {
  region: string;
  profile?: string;
}

export interface Account {
  id: string;
  /** Who asks. */
  arn: string;
  region: string;
  clients: ClientOptions;
}

/** Whose credentials these are: nothing else is asked before it is known that they hold, and that there is such a region. */
export async function openAccount({ region, profile }: Wanted): Promise<Account> {
  // The SDK would write to everybody's screen how long it will support this Node.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const wanted = { ...(region === undefined ? {} : { region }), ...(profile === undefined ? {} : { profile }) };
  const sts = new STSClient(wanted);
  const found = await regionOf(sts);
  const { Account: id = '', Arn: arn = '' } = await asking({ region: found, profile }, () => sts.send(new GetCallerIdentityCommand({})));
  return { id, arn, region: found, clients: { ...wanted, region: found } };
}

async function regionOf(sts: STSClient): Promise<string> {
  try {
    return await sts.config.region();
  } catch (error) {
    throw new Failure('which region?', { cause: error, why: 'neither --region nor AWS_REGION nor the profile names one', fix: 'For example: --region eu-west-1' });
  }
}

/** How many functions the account runs at once beside what others of its functions have reserved. New accounts have 10. */
export async function readConcurrency({ region, clients }: Account): Promise<number> {
  const lambda = new LambdaClient(clients);
  const { AccountLimit } = await asking(clients, () => lambda.send(new GetAccountSettingsCommand({})));
  const concurrency = AccountLimit?.UnreservedConcurrentExecutions ?? 0;
  if (concurrency >= LEAST_CONCURRENCY) return concurrency;
  throw new Failure(`this account runs too few functions at once in ${region}`, {
    why: `${concurrency} concurrent executions are not reserved, and zeroplane needs ${LEAST_CONCURRENCY}`,
    fix: 'Ask Service Quotas for more (Lambda, concurrent executions), or take reservations away from other functions.',
  });
}

/** Calls AWS; its refusals say what to do. */
export async function asking<T>(where: Wanted, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explained(error, where);
  }
}
