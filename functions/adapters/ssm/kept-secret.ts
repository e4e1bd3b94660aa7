import { GetParameterCommand, ParameterAlreadyExists, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

export interface KeptSecretOptions {
  client: SSMClient;
  /** The parameter's name; it is made by whoever needs it first, and never written over. */
  name: string;
}

/** Made here, so that who loads this late loads of the SDK's client only what is used. */
export function createSsmClient(): SSMClient {
  return new SSMClient({});
}

/** Reads a SecureString; where there is none, stores what `make` gives. Of several first ones, one wins and all get its value. */
export async function keptSecret(options: KeptSecretOptions, make: () => Promise<string>): Promise<string> {
  const kept = await read(options);
  if (kept !== undefined) return kept;
  const made = await make();
  if (await store(options, made)) return made;
  const others = await read(options);
  if (others === undefined) throw new Error(`the parameter ${options.name} exists and cannot be read`);
  return others;
}

async function read({ client, name }: KeptSecretOptions): Promise<string | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}

async function store({ client, name }: KeptSecretOptions, value: string): Promise<boolean> {
  try {
    await client.send(new PutParameterCommand({ Name: name, Value: value, Type: 'SecureString', Overwrite: false }));
    return true;
  } catch (error) {
    if (error instanceof ParameterAlreadyExists) return false;
    throw error;
  }
}
