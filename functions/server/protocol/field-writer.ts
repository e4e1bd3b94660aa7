import type { FieldWriter } from '#api/managed-fields/track';
import { formatTime } from '#api/time';
import { MAX_FIELD_MANAGER_BYTES, UNPRINTABLE } from './write-options.ts';
import type { ResourceRequest } from '../routes/resource-request.ts';

/** Who is to own what a request writes: the manager that it names, else the program that sends it. */
export function fieldWriterOf({ request, deps, subresource }: ResourceRequest, fieldManager: string): FieldWriter {
  return {
    name: fieldManager === '' ? programOf(request.headers.get('user-agent') ?? '') : fieldManager,
    subresource: subresource?.name ?? '',
    now: formatTime(deps.clock.now()),
  };
}

// `kubectl/v1.36.0 (linux/amd64) ...` is kubectl.
function programOf(userAgent: string): string {
  const program = (userAgent.split('/')[0] ?? '').replace(UNPRINTABLE, '');
  const bytes = new TextEncoder().encode(program);
  return bytes.length <= MAX_FIELD_MANAGER_BYTES ? program : new TextDecoder().decode(bytes.subarray(0, MAX_FIELD_MANAGER_BYTES)).replace(/\ufffd$/, '');
}
