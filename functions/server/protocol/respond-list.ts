import { encodeJson } from '#api/codec/json';
import { partialObjectMetadata } from '#api/printing/table';
import { groupVersionOf } from '#api/schema/schema';
import { StatusError } from '#api/status';
import type { ListPage } from '#store/object-store';
import type { ResourceRequest } from '../routes/resource-request.ts';
import { externalBytes } from './external-version.ts';
import { respondParts, respondValue } from './respond.ts';
import { tableOf } from './table.ts';

/** A page of objects. Its JSON is put together from the bytes that the store keeps of each: nothing is serialised for a list. */
export async function respondList(request: ResourceRequest, page: ListPage, token: string | undefined): Promise<Response> {
  const metadata = {
    resourceVersion: String(page.revision),
    ...(token === undefined ? {} : { continue: token }),
    ...(token === undefined || page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  };
  switch (request.representation.as) {
    case 'Table':
      return respondValue(request, tableOf(request, page.items, { listMeta: metadata }));
    case 'PartialObjectMetadataList':
      return respondValue(request, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: page.items.map(({ object }) => partialObjectMetadata(object)) });
    case 'PartialObjectMetadata':
      throw new StatusError(406, 'NotAcceptable', `you requested PartialObjectMetadata, but the requested object is a list (*${request.resource.kind}List)`);
    default:
      return respondParts(request, listParts(request, page, metadata));
  }
}

const COMMA = new TextEncoder().encode(',');
const OPEN = new TextEncoder().encode('{');
const END = new TextEncoder().encode(']}\n');

function listParts({ resource }: ResourceRequest, page: ListPage, metadata: object): Uint8Array[] {
  const apiVersion = groupVersionOf(resource.group, resource.version);
  const head = `{"kind":"${resource.kind}List","apiVersion":"${apiVersion}","metadata":${encodeJson(metadata)},"items":[`;
  const parts: Uint8Array[] = [new TextEncoder().encode(head)];
  // An object's bytes begin with its kind and apiVersion (see the store); in a list, the list says them for all.
  const identity = `{"kind":"${resource.kind}","apiVersion":"${apiVersion}",`.length;
  page.items.forEach((stored, at) => {
    if (at > 0) parts.push(COMMA);
    parts.push(OPEN, externalBytes(stored, resource).subarray(identity));
  });
  parts.push(END);
  return parts;
}
