import { encodeJsonBytes } from '#api/codec/json';
import { partialObjectMetadata } from '#api/printing/table';
import { groupVersionOf } from '#api/schema/schema';
import type { StatusError } from '#api/status';
import type { Revision } from '#ports/table';
import type { StoredObject, WatchEvent } from '#store/object-store';
import type { ResourceRequest } from '../routes/resource-request.ts';
import { frameOf, protobufFrameOf } from './event-frames.ts';
import { externalBytes } from './external-version.ts';
import { tableOf } from './table.ts';

/** The events of one watch, framed, in its version and representation. */
export interface EventLines {
  event(type: WatchEvent['type'], stored: StoredObject): Uint8Array;
  bookmark(revision: Revision, options?: { initialEventsEnd: boolean }): Uint8Array;
  error(error: StatusError): Uint8Array;
}

export function eventLines(request: ResourceRequest): EventLines {
  const frame = request.representation.format === 'protobuf' ? protobufFrameOf : frameOf;
  return {
    event: lineWriter(request, frame),
    bookmark: (revision, options) => frame('BOOKMARK', encodeJsonBytes(bookmarkOf(request, revision, options?.initialEventsEnd ?? false))),
    error: (error) => frame('ERROR', encodeJsonBytes(error.toStatus())),
  };
}

function lineWriter(request: ResourceRequest, frame: typeof frameOf): EventLines['event'] {
  const { representation, resource, frames } = request;
  switch (representation.as) {
    case 'Table':
      return tableWriter(request);
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return (type, stored) => frame(type, encodeJsonBytes(partialObjectMetadata(stored.object)));
    default:
      if (representation.format === 'protobuf') return (type, stored) => frame(type, externalBytes(stored, resource));
      return (type, stored) => frames.frame(type, externalBytes(stored, resource)); // written once for all who watch
  }
}

// The first row brings the columns; the rest of the watch does without.
function tableWriter(request: ResourceRequest): EventLines['event'] {
  let withoutColumns = false;
  return (type, stored) => {
    const table = tableOf(request, [stored], { listMeta: { resourceVersion: String(stored.revision) }, withoutColumns });
    withoutColumns = true;
    return frameOf(type, encodeJsonBytes(table));
  };
}

const INITIAL_EVENTS_END = { annotations: { 'k8s.io/initial-events-end': 'true' } };

function bookmarkOf({ representation, resource }: ResourceRequest, revision: Revision, initialEventsEnd: boolean): object {
  const metadata = { resourceVersion: String(revision), ...(initialEventsEnd ? INITIAL_EVENTS_END : {}) };
  switch (representation.as) {
    case 'Table':
      return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: String(revision) }, columnDefinitions: null, rows: [{ cells: [], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } }] };
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
    default:
      return { kind: resource.kind, apiVersion: groupVersionOf(resource.group, resource.version), metadata };
  }
}
