/** The server's own refusal, as its `Status` object says it. A connection that broke is not an ApiError. */
export interface Status {
  code: number;
  reason: string;
  message: string;
  details?: { name?: string; group?: string; kind?: string; retryAfterSeconds?: number; causes?: { reason?: string; message?: string; field?: string }[] };
}

export class ApiError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message);
    this.name = 'ApiError';
    this.status = status;
  }
}

export function isReason(error: unknown, ...reasons: string[]): error is ApiError {
  return error instanceof ApiError && reasons.includes(error.status.reason);
}

export const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.status.code === 404;
export const isConflict = (error: unknown): boolean => isReason(error, 'Conflict');
export const isAlreadyExists = (error: unknown): boolean => isReason(error, 'AlreadyExists');
/** The history that a watch or a continued list asked for is gone: list again. */
export const isExpired = (error: unknown): boolean => error instanceof ApiError && error.status.code === 410;
/** No answer, or one that says that the server cannot answer now: it tells nothing about what was asked for. */
export const isUnreachable = (error: unknown): boolean => (error instanceof ApiError ? error.status.code >= 500 || error.status.code === 429 : isConnectionError(error));

// The system's word for what broke: ECONNREFUSED, ECONNRESET, EPIPE ...
function isConnectionError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}

/** The request itself was wrong: sent again it fails again. (429 is a matter of time.) */
export const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.status.code >= 400 && error.status.code < 500 && error.status.code !== 429;

/** From a body that should be a Status, and may be a proxy's page. */
export function apiErrorOf(code: number, body: string): ApiError {
  const parsed = statusIn(body);
  return new ApiError({ code, reason: parsed?.reason ?? '', message: parsed?.message ?? `the server answered ${code}: ${body.slice(0, 200).trim()}`, ...(parsed?.details === undefined ? {} : { details: parsed.details }) });
}

function statusIn(body: string): Partial<Status> | undefined {
  try {
    const value = JSON.parse(body) as (Partial<Status> & { kind?: string }) | null;
    return value?.kind === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}
