import type { Answer, OperationId } from '#api/management/operations';
import { systemClock } from '#client/clock';
import { Failure } from '#client/failure';
import { httpsTransport } from '#client/https-transport';
import { manage, ManagementRefusal, type Wanted } from '#client/management-client';
import { patientTransport } from '#client/patient-transport';
import { readLogin, type Login } from './login-file.ts';

/** One command's conversation with an installation. */
export type Manage = <Id extends OperationId>(id: Id, wanted?: Wanted<Id>) => Promise<Answer<Id>>;

/** For as long as `use` takes; with the installation that was logged in to where none is said. */
export async function withInstallation<T>(use: (manage: Manage, login: Login) => Promise<T>, login: Login = readLogin()): Promise<T> {
  const { server, token, ca } = login;
  const transport = httpsTransport({ server, token, ...(ca === undefined ? {} : { ca }) });
  const send = patientTransport({ send: transport.send, maxParallel: 1, sleep: systemClock.sleep, chance: Math.random });
  try {
    return await use((id, wanted) => manage(send, id, wanted), login);
  } catch (error) {
    throw explained(error, server);
  } finally {
    transport.close();
  }
}

function explained(error: unknown, server: string): unknown {
  if (error instanceof ManagementRefusal) {
    const fix = error.reason === 'Unauthorized' ? `The token is not of the installation at ${server}, or has ended.` : undefined;
    return new Failure(error.message, { cause: error, ...(fix === undefined ? {} : { fix }) });
  }
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) return new Failure(`the certificate of ${server} is not trusted`, { cause: error, why: message, fix: '--ca-file names the CA that it is of; that of `zeroplane up` is pki/ca.crt in its folder.' });
  return error;
}
