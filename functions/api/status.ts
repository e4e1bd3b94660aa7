import type { FieldError } from './field-error.ts';

/**
 * A failure as the wire has it: metav1.Status. Whatever refuses a request throws one of these; the constructors below hold
 * the texts that clients match on.
 */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { continue?: string };
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

/** What a failure is about: the resource in most texts, the kind in those on validation. */
export interface Qualified {
  group: string;
  resource: string;
}

export class StatusError extends Error {
  readonly code: number;
  readonly reason: string | undefined;
  readonly details: StatusDetails | undefined;
  /** The way on for a list whose token has expired. */
  readonly continueToken: string | undefined;

  constructor(code: number, reason: string | undefined, message: string, details?: StatusDetails & { continueToken?: string }) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
    this.reason = reason;
    const { continueToken, ...rest } = details ?? {};
    this.details = details && rest;
    this.continueToken = continueToken;
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.continueToken === undefined ? {} : { continue: this.continueToken },
      status: 'Failure',
      message: this.message,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

export function successStatus(details?: StatusDetails, code?: number): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(details ? { details } : {}), ...(code ? { code } : {}) };
}

export function qualifiedName({ group, resource }: Qualified): string {
  return group === '' ? resource : `${resource}.${group}`;
}

export function notFound(about: Qualified, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualifiedName(about)} "${name}" not found`, detailsOf(about, name));
}

export function alreadyExists(about: Qualified, name: string): StatusError {
  return new StatusError(409, 'AlreadyExists', `${qualifiedName(about)} "${name}" already exists`, detailsOf(about, name));
}

export function conflict(about: Qualified, name: string, why: string): StatusError {
  return new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedName(about)} "${name}": ${why}`, detailsOf(about, name));
}

/** What an optimistic writer is told who was not first. */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function forbidden(about: Qualified, name: string, why: string): StatusError {
  const subject = about.resource === '' ? 'forbidden' : name === '' ? `${qualifiedName(about)} is forbidden` : `${qualifiedName(about)} "${name}" is forbidden`;
  return new StatusError(403, 'Forbidden', `${subject}: ${why}`, detailsOf(about, name));
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

/** The resource of a known group and version is unknown, or the group has no such version. */
export function unknownResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): StatusError {
  return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function notAcceptable(accepted: string[]): StatusError {
  return new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

export function tooLarge(message: string): StatusError {
  return new StatusError(413, 'RequestEntityTooLarge', message);
}

export function gone(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

export function tooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds });
}

export function unavailable(message: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', message, { retryAfterSeconds: 1 });
}

export function internalError(message: string): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

export function resourceVersionTooLarge(asked: number | string, current: number): StatusError {
  return new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

export function invalid(about: { group: string; kind: string }, name: string, fields: FieldError[]): StatusError {
  const kind = about.group === '' ? about.kind : `${about.kind}.${about.group}`;
  // Said once in words, though each is a cause.
  const texts = [...new Set(fields.map((field) => `${field.field}: ${field.message}`))];
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, {
    ...(name === '' ? {} : { name }),
    ...(about.group === '' ? {} : { group: about.group }),
    ...(about.kind === '' ? {} : { kind: about.kind }),
    causes: fields.map((field) => ({ reason: field.type, message: field.message, field: field.field })),
  });
}

function detailsOf({ group, resource }: Qualified, name: string): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), ...(resource === '' ? {} : { kind: resource }) };
}
