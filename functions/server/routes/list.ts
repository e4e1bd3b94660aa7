import { storageResource } from '#api/resources';
import { gone, resourceVersionTooLarge, StatusError } from '#api/status';
import { hasCode } from '#ports/errors';
import type { ListPage, ListQuery } from '#store/object-store';
import { decodeContinueToken, encodeContinueToken, isExpired } from '../protocol/continue-token.ts';
import { listOptionsOf, type ListOptions } from '../protocol/list-options.ts';
import { respondList } from '../protocol/respond-list.ts';
import { selectionOf } from '../protocol/selection.ts';
import type { ResourceRequest } from './resource-request.ts';

export async function list(request: ResourceRequest): Promise<Response> {
  const options = listOptionsOf(request.query, false);
  const page = await readPage(request, options);
  return respondList(request, page, continueAfter(request, options, page));
}

/** The token for the page behind this one, if there is one. */
export function continueAfter(request: ResourceRequest, options: ListOptions, { next, revision }: ListPage): string | undefined {
  return next === undefined ? undefined : encodeContinueToken({ after: next, at: revision, issuedAtMs: issuedAt(request, options) });
}

/** One page, by every combination of resourceVersion, resourceVersionMatch, limit and continue that Kubernetes knows. */
export async function readPage(request: ResourceRequest, options: ListOptions): Promise<ListPage> {
  const resource = storageResource(request.resource);
  const query: ListQuery = {
    ...(request.info.namespace === '' || !resource.namespaced ? {} : { namespace: request.info.namespace }),
    ...selectionOf(request.resource, options),
    ...(options.limit > 0 ? { limit: options.limit } : {}),
  };
  if (options.continue !== '') return nextPage(request, query, options.continue);
  try {
    return await request.deps.store.list(resource, { ...query, ...momentOf(options) });
  } catch (error) {
    if (hasCode(error, 'Expired')) throw gone('The resourceVersion for the provided list is too old.');
    if (!hasCode(error, 'FutureRevision')) throw error;
    throw resourceVersionTooLarge(options.resourceVersion ?? 0, await request.deps.store.revision(resource));
  }
}

function momentOf({ resourceVersion, resourceVersionMatch, limit }: ListOptions): Pick<ListQuery, 'at' | 'minRevision'> {
  if (resourceVersion === undefined) return {};
  // A page size with a revision and no match has always meant that very revision.
  const exact = resourceVersionMatch === 'Exact' || (resourceVersionMatch === '' && limit > 0 && resourceVersion > 0);
  return exact ? { at: resourceVersion } : { minRevision: resourceVersion };
}

async function nextPage({ deps, resource }: ResourceRequest, query: ListQuery, text: string): Promise<ListPage> {
  const token = decodeContinueToken(text);
  const stored = storageResource(resource);
  if (isExpired(token, deps.clock.now())) throw expired(token.after, deps.clock.now());
  if (token.at === undefined) {
    // So that the client sees that this page is of another moment than the ones before.
    await deps.store.bump(stored);
    return deps.store.list(stored, { ...query, after: token.after });
  }
  try {
    return await deps.store.list(stored, { ...query, after: token.after, at: token.at });
  } catch (error) {
    throw hasCode(error, 'Expired') ? expired(token.after, deps.clock.now()) : error;
  }
}

// The five minutes count from the first page, as its moment does.
function issuedAt({ deps }: ResourceRequest, options: ListOptions): number {
  const token = options.continue === '' ? undefined : decodeContinueToken(options.continue);
  return token?.at === undefined ? deps.clock.now() : token.issuedAtMs;
}

const EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

function expired(after: string, nowMs: number): StatusError {
  return new StatusError(410, 'Expired', EXPIRED, { continueToken: encodeContinueToken({ after, issuedAtMs: nowMs }) });
}
