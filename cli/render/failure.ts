import { ApiError } from '#client/api-error';
import { Failure } from '#client/failure';
import { painter } from './paint.ts';

/** The only place that prints errors: what went wrong, why, and what to do about it. */
export function printFailure(error: unknown, out: NodeJS.WriteStream = process.stderr): void {
  const paint = painter(out);
  const { what, why, fix } = told(error);
  const [, label = '', rest = ''] = /^(error:|Error from server[^:]*:)? ?([^]*)$/i.exec(what) ?? [];
  out.write(`${paint('red', label || 'error:')} ${rest}\n`);
  if (why) out.write(`${why.replace(/^/gm, '  ')}\n`);
  if (fix) out.write(`\n${fix}\n`);
}

/** Of several failures: the last one is thrown, so that it also makes the exit code. */
export function throwAll(failures: readonly unknown[]): void {
  for (const failure of failures.slice(0, -1)) printFailure(failure);
  if (failures.length > 0) throw failures.at(-1);
}

interface Told {
  what: string;
  why?: string | undefined;
  fix?: string | undefined;
}

function told(error: unknown): Told {
  if (error instanceof Failure) return { what: error.message, why: error.why, fix: error.fix };
  if (error instanceof AggregateError && error.errors.length > 0) return told(error.errors[0]);
  if (error instanceof ApiError) return refusal(error);
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (UNREACHABLE.has(code)) return { what: 'the cluster does not answer', why: (error as Error).message, fix: '`zeroplane status` says whether the cluster of this machine runs, `zeroplane up` starts it.' };
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) return { what: "the cluster's certificate is not trusted", why: (error as Error).message, fix: "The kubeconfig is of another cluster, or of one that was made again: use the new one's." };
  return { what: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EAI_AGAIN']);

// Worded as kubectl words it, whose messages people search for.
function refusal({ status }: ApiError): Told {
  if (status.code === 401) return { what: 'You must be logged in to the server (Unauthorized)', fix: 'The token in the kubeconfig is not of this cluster, or has ended.' };
  const causes = status.details?.causes ?? [];
  if (status.reason === 'Invalid' && causes.length > 0) {
    return { what: `The ${status.message.split(' is invalid: ')[0] ?? ''} is invalid`, why: causes.map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`).join('\n') };
  }
  if (causes.some(({ reason }) => reason === 'FieldManagerConflict')) return { what: `Error from server (Conflict): ${status.message}`, fix: '--force-conflicts takes these fields over.' };
  return { what: `Error from server${status.reason === '' ? '' : ` (${status.reason})`}: ${status.message}` };
}
