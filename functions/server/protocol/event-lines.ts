import { encodeJsonBytes } from '#api/codec/json';
import type { StatusError } from '#api/status';
import type { Revision } from '#ports/table';
import type { StoredObject, WatchEvent } from '#store/object-store';
import type { ResourceRequest } from '../routes/resource-request.ts';
import { frameOf } from './event-frames.ts';
import { apiVersionOf, externalBytes } from './external-version.ts';
import { partialMetadata } from './partial-metadata.ts';

/** The lines of one watch, in its version and representation. */
export interface EventLines {
  event(type: WatchEvent['type'], stored: StoredObject): Uint8Array;
  bookmark(revision: Revision, options?: { initialEventsEnd: boolean }): Uint8Array;
  error(error: StatusError): Uint8Array;
}

export function eventLines(request: ResourceRequest): EventLines {
  return {
    event: lineWriter(request),
    bookmark: (revision, options) => frameOf('BOOKMARK', encodeJsonBytes(bookmarkOf(request, revision, options?.initialEventsEnd ?? false))),
    error: (error) => frameOf('ERROR', encodeJsonBytes(error.toStatus())),
  };
}

function lineWriter({ representation, resource, frames }: ResourceRequest): EventLines['event'] {
  switch (representation.as) {
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return (type, stored) => frameOf(type, encodeJsonBytes(partialMetadata(stored.object)));
    default:
      return (type, stored) => frames.frame(type, externalBytes(stored, resource));
  }
}

const INITIAL_EVENTS_END = { annotations: { 'k8s.io/initial-events-end': 'true' } };

function bookmarkOf({ representation, resource }: ResourceRequest, revision: Revision, initialEventsEnd: boolean): object {
  const metadata = { resourceVersion: String(revision), ...(initialEventsEnd ? INITIAL_EVENTS_END : {}) };
  const partial = representation.as === 'PartialObjectMetadata' || representation.as === 'PartialObjectMetadataList';
  return partial ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } : { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
}
