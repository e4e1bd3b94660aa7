import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { errorText } from '#api/error-text';
import { ApiClient } from '#client/api-client';
import { systemClock } from '#client/clock';
import { Failure } from '#client/failure';
import { httpsTransport } from '#client/https-transport';
import { connectTo } from '#client/relayed-connect';
import { patientTransport } from '#client/patient-transport';
import type { ServerAddress } from '#client/server-address';
import { type Kinds, kindsOf } from './kinds.ts';
import { type ChosenCluster, type ClusterChoice, chooseCluster } from './kubeconfig.ts';

// One command leaves room for others where few requests run at once.
const MAX_PARALLEL = 4;

/** One command's conversation with the cluster that it was pointed to. */
export interface Session {
  client: ApiClient;
  kinds: Kinds;
  /** What namespaced objects are looked up in when the command names no other. */
  namespace: string;
  context: string;
  address: ServerAddress;
  close(): void;
}

export function openSession(options: ClusterChoice & { namespace?: string | undefined }): Session {
  const chosen = chooseCluster(options);
  const address = addressOf(chosen);
  const transport = httpsTransport(address);
  const send = patientTransport({ send: transport.send, maxParallel: MAX_PARALLEL, sleep: systemClock.sleep, chance: Math.random });
  const client = new ApiClient(send, connectTo({ ...transport, send }), transport.joinRelay);
  return { client, kinds: kindsOf(client), namespace: options.namespace ?? chosen.namespace, context: chosen.context, address, close: transport.close };
}

function addressOf({ cluster, user }: ChosenCluster): ServerAddress {
  const ca = content(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const cert = content(user['client-certificate-data'], user['client-certificate']);
  const key = content(user['client-key-data'], user['client-key']);
  const token = user.token ?? (user.tokenFile === undefined ? undefined : readFileSync(user.tokenFile, 'utf8').trim()) ?? tokenOfPlugin(user.exec);
  return {
    server: cluster.server,
    ...(ca === undefined ? {} : { ca }),
    ...(token === undefined ? {} : { token }),
    ...(cert === undefined || key === undefined ? {} : { certificate: { cert, key } }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecureSkipTlsVerify: true } : {}),
  };
}

// Base64 in the kubeconfig itself goes before a file beside it.
function content(data: string | undefined, file: string | undefined): string | undefined {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return file === undefined ? undefined : readFileSync(file, 'utf8');
}

/** A credential plugin, as clouds have them: a program that prints an ExecCredential. */
function tokenOfPlugin(exec: ChosenCluster['user']['exec']): string | undefined {
  if (!exec) return undefined;
  const env = { ...process.env, ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])), KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', spec: { interactive: false } }) };
  try {
    const printed = execFileSync(exec.command, exec.args ?? [], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    return (JSON.parse(printed) as { status?: { token?: string } }).status?.token;
  } catch (cause) {
    throw new Failure(`the credential plugin ${exec.command} gave no token`, { cause, why: errorText(cause) });
  }
}

/** For as long as `use` takes. */
export async function withSession<T>(options: Parameters<typeof openSession>[0], use: (session: Session) => Promise<T>): Promise<T> {
  const session = openSession(options);
  try {
    return await use(session);
  } finally {
    session.close();
  }
}
