import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { withInstallation } from '../../installation/installation.ts';
import { loginFile, writeLogin, type Login } from '../../installation/login-file.ts';
import { parseOptions } from '../../options.ts';
import { createProgress } from '../../render/progress.ts';

const LoginOptions = z.strictObject({
  server: z.url({ protocol: /^https?$/, error: 'must be a URL, such as https://abc.lambda-url.eu-west-1.on.aws' }),
  token: z.string().min(1),
  caFile: z.string().optional(),
});

export function loginCommand(): Command {
  return new Command('login')
    .requiredOption('--server <url>', 'the installation: what `zeroplane deploy` gave, or the address of a machine with `zeroplane up`')
    .requiredOption('--token <token>', 'a token of the installation')
    .option('--ca-file <file>', "CA that its certificate is of (default: the machine's own trust)")
    .action(async (given: unknown) => login(parseOptions(LoginOptions, given)));
}

async function login({ server, token, caFile }: z.infer<typeof LoginOptions>): Promise<void> {
  const wanted: Login = { server: new URL(server).origin, token, ...(caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }) };
  const progress = createProgress(process.stdout);
  // Asked first: a login that does not work is not kept.
  const { version, home, region } = await progress.step('Asking the installation', () => withInstallation((manage) => manage('getInstallation'), wanted));
  writeLogin(wanted);
  progress.say(`Logged in to ${wanted.server} (zeroplane v${version.zeroplane} ${home === 'aws' ? `on AWS, ${region ?? ''}` : 'on one machine'}), kept in ${loginFile()}`);
}
