import { concat } from '#api/codec/concat';
import { encodeJsonBytes, parseJson } from '#api/codec/json';
import { encodeProtobuf } from '#api/codec/protobuf';
import { partialObjectMetadata } from '#api/printing/table';
import { StatusError } from '#api/status';
import type { StoredObject } from '#store/object-store';
import type { ResourceRequest } from '../routes/resource-request.ts';
import { externalBytes } from './external-version.ts';
import { indentJson } from './indent-json.ts';
import { yamlOf } from './yaml-answer.ts';
import { acceptsGzip, isPretty, MEDIA_TYPES, negotiateRefusal, type Representation } from './negotiate.ts';
import { tableOf } from './table.ts';

/** One stored object, in the version and representation that was asked for. */
export async function respondStored(request: ResourceRequest, stored: StoredObject, status = 200): Promise<Response> {
  const { representation, resource } = request;
  switch (representation.as) {
    case 'Table':
      return respondValue(request, tableOf(request, [stored], { listMeta: { resourceVersion: stored.object.metadata.resourceVersion ?? '' } }), status);
    case 'PartialObjectMetadata':
      return respondValue(request, partialObjectMetadata(stored.object), status);
    case 'PartialObjectMetadataList':
      throw new StatusError(406, 'NotAcceptable', `you requested PartialObjectMetadataList, but the requested object is not a list (*${resource.kind})`);
    default:
      return respondBytes(request, externalBytes(stored, resource), status);
  }
}

/** A value that no store holds: reviews, scales, statuses. */
export async function respondValue(request: ResourceRequest, value: object, status = 200): Promise<Response> {
  return respondBytes(request, encodeJsonBytes(value), status);
}

/** JSON bytes as they are where the client takes JSON; read again only for people (indented), for YAML and for protobuf. */
export async function respondBytes(request: ResourceRequest, json: Uint8Array, status: number): Promise<Response> {
  const { representation, warnings } = request;
  const headers = answerFields(MEDIA_TYPES[representation.format], warnings);
  const body = await compressed(request, bodyOf(json, representation), headers);
  headers['content-length'] = String(body.length);
  return new Response(body, { status, headers });
}

const PIECE_BYTES = 256 * 1024;

/** JSON that lies in parts. What is large goes out piece by piece: the whole of a long list in one memory holds up everybody. */
export async function respondParts(request: ResourceRequest, parts: readonly Uint8Array[]): Promise<Response> {
  const { sendLong, representation, warnings, deps } = request;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const isChanged = representation.format !== 'json' || representation.pretty || (deps.gzip !== undefined && acceptsGzip(request.request.headers));
  if (isChanged || length <= PIECE_BYTES) return respondBytes(request, concat(parts, length), 200);
  const headers = answerHeaders(MEDIA_TYPES.json, warnings);
  headers.set('content-length', String(length));
  return sendLong({ chunks: piecesOf(parts), headers, end: async () => undefined });
}

// All in one memory: as much again for each list would have to be collected, and costs several times what the sending does.
async function* piecesOf(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(PIECE_BYTES);
  let filled = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; ) {
      const fitting = part.subarray(from, from + piece.length - filled);
      piece.set(fitting, filled);
      from += fitting.length;
      filled += fitting.length;
      if (filled < piece.length) continue;
      yield piece;
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

// Under this, compression costs more than it saves; Kubernetes draws the line at the same size.
const GZIP_ABOVE_BYTES = 128 * 1024;

async function compressed({ deps, request }: ResourceRequest, body: Uint8Array, headers: Record<string, string>): Promise<Uint8Array> {
  if (body.length < GZIP_ABOVE_BYTES || deps.gzip === undefined || !acceptsGzip(request.headers)) return body;
  headers['content-encoding'] = 'gzip';
  headers['vary'] = 'Accept-Encoding';
  return deps.gzip(body);
}

function bodyOf(json: Uint8Array, { format, pretty }: Representation): Uint8Array {
  if (format === 'protobuf') return encodeProtobuf(parseJson(json) as object);
  if (format === 'yaml') return encoder.encode(yamlOf(json));
  if (!pretty) return json;
  return encoder.encode(indentJson(new TextDecoder().decode(json)));
}

/** What every answer about a resource says of itself, with the warnings that the request has come to. */
export function answerHeaders(contentType: string, warnings: readonly string[]): Headers {
  return new Headers(answerFields(contentType, warnings));
}

// As they are written: the web's own object checks and sorts them again, for every answer.
function answerFields(contentType: string, warnings: readonly string[]): Record<string, string> {
  return { 'content-type': contentType, 'cache-control': 'no-cache, private', ...(warnings.length > 0 && { warning: warnings.map(warningValue).join(', ') }) };
}

/** RFC 7234's warn-value: agent code 299, no agent name. */
function warningValue(text: string): string {
  return `299 - "${text.replaceAll(/[\r\n]+/g, ' ').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

const encoder = new TextEncoder();

/** A document about the server itself. */
export function documentResponse(request: Request, document: object, contentType = 'application/json'): Response {
  const pretty = isPretty(request.headers, new URL(request.url).searchParams);
  const text = JSON.stringify(document);
  return new Response(pretty ? indentJson(text) : text, { headers: { 'content-type': contentType, 'cache-control': 'no-cache, private' } });
}

export function statusResponse(status: StatusError, { headers: asked }: Request, { query, warnings }: Pick<ResourceRequest, 'query' | 'warnings'>): Response {
  const representation = negotiateRefusal(asked, query);
  const headers = answerHeaders(MEDIA_TYPES[representation.format], warnings);
  const retryAfterSeconds = status.details?.retryAfterSeconds;
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds));
  return new Response(bodyOf(encodeJsonBytes(status.toStatus()), representation), { status: status.code, headers });
}
