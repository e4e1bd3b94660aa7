import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { alignedLines } from '#cli/render/columns';
import { createProgress } from '#cli/render/progress';
import { httpsTransport } from '#client/https-transport';
import { temporaryFolder } from '../../support/folder.ts';
import { zeroplane } from '../../support/zeroplane.ts';
import { askAll, type Assumption, type ProbedAccount, type Verdict } from './assumption.ts';
import { FUNCTION_URL } from './function-url.ts';
import { SERVICES } from './services.ts';
import { WORKERS } from './workers.ts';

/**
 * `npm run aws:real`: deploys an installation into a real account, asks it whether what the emulated account takes for granted is so, and removes
 * it again, whatever happens. Which account and region: AWS_PROFILE and AWS_REGION, as everywhere.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] }, // names of assumptions
    app: { type: 'string' }, // as `zeroplane deploy` takes it
  },
});
const ASSUMPTIONS: readonly Assumption[] = [...FUNCTION_URL, ...SERVICES, ...WORKERS].filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const CONFIRMATION = 'ZEROPLANE_AWS_REAL';
const PATIENCE_MS = 30 * 60_000; // CloudFormation takes a few minutes each way

const WHAT_IT_COSTS = `This makes an installation in the AWS account that your credentials are of, asks it ${ASSUMPTIONS.length} questions and removes it with its data, in about ten minutes.
It costs less than $0.10 at list prices: a few thousand requests, no servers. Should it be cut off, \`zeroplane destroy --name NAME --delete-data\` removes the rest; NAME is said first.

Say that you want it: ${CONFIRMATION}=yes npm run aws:real
`;

const Deployed = z.object({ server: z.url(), table: z.string() });

if (process.env[CONFIRMATION] === 'yes') process.exitCode = await run();
else {
  process.stderr.write(WHAT_IT_COSTS);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  const name = `zeroplane-probe-${process.pid}`;
  const home = temporaryFolder('aws-real');
  const progress = createProgress(process.stdout);
  progress.say(`The installation ${name} is made and removed again.`);
  // Somebody's own login and kubeconfig stay out of it.
  const command = async (verb: string, args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await zeroplane([verb, '--name', name, '--yes', ...args], { XDG_CONFIG_HOME: home.path, KUBECONFIG: join(home.path, 'kubeconfig') }, PATIENCE_MS);
    if (code !== 0) throw new Error(`zeroplane ${verb} has failed:\n${stderr}`);
    return stdout;
  };
  try {
    const { server, table } = Deployed.parse(JSON.parse(await progress.step('Deploying', () => command('deploy', ['--output', 'json', ...(values.app === undefined ? [] : ['--app', values.app])]))));
    const verdicts = await probed({ url: server, table, folder: home.path }, (verdict) => progress.say(`${verdict.holds ? 'holds' : 'DOES NOT HOLD'}: ${verdict.name}`));
    progress.say(`\n${tableOf(verdicts)}`);
    return verdicts.every(({ holds }) => holds) ? 0 : 1;
  } catch (error) {
    progress.say((error as Error).message);
    return 1;
  } finally {
    await progress.step('Removing it', () => command('destroy', ['--force', '--delete-data']));
    home.remove();
  }
}

async function probed(deployed: Pick<ProbedAccount, 'url' | 'table' | 'folder'>, tell: (verdict: Verdict) => void): Promise<Verdict[]> {
  const { token: adminToken } = JSON.parse(readFileSync(join(deployed.folder, 'zeroplane/login.json'), 'utf8')) as { token: string };
  const transport = httpsTransport({ server: deployed.url, token: adminToken });
  try {
    return await askAll(ASSUMPTIONS, { ...deployed, adminToken, send: transport.send, clients: { dynamodb: new DynamoDBClient(), sqs: new SQSClient(), ssm: new SSMClient() } }, tell);
  } finally {
    transport.close();
  }
}

function tableOf(verdicts: readonly Verdict[]): string {
  const rows = ASSUMPTIONS.map(({ name, weAssume, source }, i) => [name, verdicts[i]?.holds === true ? 'holds' : 'DOES NOT HOLD', verdicts[i]?.seen ?? '', `${weAssume} (${source})`]);
  return alignedLines([['ASSUMPTION', 'VERDICT', 'SEEN', 'WHAT WE ASSUME, AND WHY'], ...rows]);
}
