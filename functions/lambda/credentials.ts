/**
 * Stands in for the SDK's own chain of credential providers (`infra/bundle.ts` puts it there): on Lambda they come as variables, and the
 * chain's files, profiles and sign-ons would be a quarter of the bundle. Read at each call: Lambda renews them with the environment.
 */
export function defaultProvider(): () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }> {
  return async () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
    if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) throw new Error('Lambda has set no credentials');
    return { accessKeyId, secretAccessKey, sessionToken };
  };
}
