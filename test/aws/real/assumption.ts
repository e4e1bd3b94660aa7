import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Transport } from '#client/transport';

/** An installation that was deployed to be asked, and is gone afterwards. */
export interface ProbedAccount {
  url: string;
  adminToken: string;
  table: string;
  /** For what a probe keeps on this machine. */
  folder: string;
  /** As the administrator; what is refused stays refused. */
  send: Transport;
  clients: { dynamodb: DynamoDBClient; sqs: SQSClient; ssm: SSMClient };
}

/** What a stand-in of the emulated account takes for granted about AWS. */
export interface Assumption {
  name: string;
  weAssume: string;
  /** Where we have it from: the section of AWS' own documentation. */
  source: string;
  /** Gives what was seen; throws where it is otherwise. */
  ask(account: ProbedAccount): Promise<string>;
}

export interface Verdict {
  name: string;
  holds: boolean;
  seen: string;
}

/** One after another, so that none is in another's way. */
export async function askAll(assumptions: readonly Assumption[], account: ProbedAccount, tell: (verdict: Verdict) => void): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { name, ask } of assumptions) {
    const verdict = await ask(account).then(
      (seen) => ({ name, holds: true, seen }),
      (error: unknown) => ({ name, holds: false, seen: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
    );
    tell(verdict);
    verdicts.push(verdict);
  }
  return verdicts;
}

/** That AWS refuses this, and by what name. */
export async function refusedBy(asked: Promise<unknown>, names: readonly string[]): Promise<string> {
  const name = await asked.then(
    () => 'nothing',
    (error: unknown) => (error as Error).name,
  );
  if (!names.includes(name)) throw new Error(`refused by ${name}, not by ${names.join(' or ')}`);
  return name;
}
