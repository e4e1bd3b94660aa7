import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NodeCredential } from '#api/management/schemas';
import { writePrivately } from '../../write-privately.ts';

/** What a machine keeps in its folder of the cluster that it has joined. */
export function readCredential(dataDir: string): NodeCredential | undefined {
  const file = credentialFile(dataDir);
  return existsSync(file) ? NodeCredential.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

export function keepCredential(dataDir: string, credential: NodeCredential): void {
  writePrivately(credentialFile(dataDir), `${JSON.stringify(credential, null, 2)}\n`);
}

/** For the agent, which reads files: command lines are everybody's to read. */
export function credentialArguments(dataDir: string, { server, node, token, certificateAuthority }: NodeCredential): string[] {
  const tokenFile = join(dataDir, 'token');
  writePrivately(tokenFile, `${token}\n`);
  const caFile = join(dataDir, 'ca.crt');
  if (certificateAuthority !== undefined) writePrivately(caFile, certificateAuthority);
  return ['--server', server, '--node', node, '--token-file', tokenFile, '--data-dir', dataDir, ...(certificateAuthority === undefined ? [] : ['--ca-file', caFile])];
}

export function forgetCredential(dataDir: string): void {
  for (const name of ['credential.json', 'token', 'ca.crt']) rmSync(join(dataDir, name), { force: true });
}

function credentialFile(dataDir: string): string {
  return join(dataDir, 'credential.json');
}
