import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ApiClient } from '#client/api-client';
import { systemClock } from '#client/clock';
import { httpsTransport } from '#client/https-transport';
import { manage } from '#client/management-client';
import { patientTransport } from '#client/patient-transport';
import { readText } from '#client/transport';
import type { NodeChannelAddress } from '#ports/node-channel';
import { PROGRAM } from '../../support/zeroplane.ts';
import { liveOnce } from '../life.ts';
import { refusedBy, type Assumption, type ProbedAccount } from './assumption.ts';

const CLUSTER = { cluster: 'default' };
const AN_HOUR_MS = 3_600_000;

export const WORKERS: Assumption[] = [
  {
    name: 'narrow credentials',
    weAssume: "a session policy narrows the role to one node's queue, for an hour",
    source: 'STS API Reference, AssumeRole: Policy, role chaining',
    async ask(account) {
      const { sqs, address } = await channelOf(account, 'probe-narrow');
      await sqs.send(new ReceiveMessageCommand({ QueueUrl: address.queueUrl }));
      const denied = await refusedBy(sqs.send(new ReceiveMessageCommand({ QueueUrl: `${address.queueUrl}x` })), ['AccessDenied', 'AccessDeniedException']);
      const lifeMs = address.credentials.expiresAtMs - Date.now();
      if (lifeMs > AN_HOUR_MS) throw new Error(`they last ${lifeMs} ms`);
      return `another queue: ${denied}; they last ${Math.round(lifeMs / 60_000)} minutes`;
    },
  },
  {
    name: 'roles',
    weAssume: 'the rights in the template are all that an application needs, from its first request to its last trace',
    source: 'Service Authorization Reference of each service',
    ask: (account) =>
      withNode(account, async () => {
        const startedMs = Date.now();
        const send = patientTransport({ send: account.send, maxParallel: 2, sleep: systemClock.sleep, chance: Math.random });
        await liveOnce(new ApiClient(send), 'probe-life');
        return `made, updated and removed in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
      }),
  },
];

async function joinToken({ send }: ProbedAccount): Promise<string> {
  return (await manage(send, 'createJoinToken', { params: CLUSTER, body: {} })).token;
}

/** As a node hears it, which has no other rights. */
async function channelOf(account: ProbedAccount, node: string): Promise<{ sqs: SQSClient; address: Extract<NodeChannelAddress, { kind: 'sqs' }> }> {
  const joining = httpsTransport({ server: account.url, token: await joinToken(account) });
  const { server, token } = await manage(joining.send, 'join', { body: { node } });
  joining.close();
  const joined = httpsTransport({ server, token });
  const address = JSON.parse(await readText(await joined.send({ method: 'GET', path: `/zeroplane/v1/nodes/${node}/channel`, headers: {} }))) as NodeChannelAddress;
  joined.close();
  if (address.kind !== 'sqs') throw new Error(`the node is told to wait by ${address.kind}`);
  return { address, sqs: new SQSClient({ region: address.region, credentials: address.credentials }) };
}

/** A worker with the simulated runtime, on this machine, with no credentials of AWS. */
async function withNode<T>(account: ProbedAccount, use: () => Promise<T>): Promise<T> {
  const words = ['join', '--server', account.url, '--token', await joinToken(account), '--name', 'probe-worker', '--runtime', 'simulated', '--data-dir', join(account.folder, 'node')];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  const agent = spawn(process.execPath, [join(dirname(PROGRAM), 'zeroplane-node.mjs'), ...words], { stdio: 'ignore', env });
  try {
    return await use();
  } finally {
    agent.kill('SIGKILL');
  }
}
