import { decodeBody, DecodeError } from '#api/decode';
import { applyDefaults } from '#api/defaulting';
import type { ApiResource } from '#api/resource';
import { convert } from '#api/conversion';
import { resourceFor } from '#api/resources';
import { beforeCreate, judge } from '#api/strategy';
import type { FieldError } from '#api/field-error';
import { answerOf, type Answer, type StatusBody } from './answer.ts';
import { NAMESPACE } from './samples.ts';

export interface Outcome {
  answer: Answer;
  body: unknown;
}

/** A create through the pure part alone: decode, default, prepare, judge. */
export function create(resource: ApiResource, body: string): Outcome {
  try {
    const { object } = decodeBody({ bytes: new TextEncoder().encode(body), contentType: 'application/json', expected: resource, fieldValidation: 'Strict' });
    const meta = object.metadata;
    if (resource.namespaced) {
      if (meta.namespace && meta.namespace !== NAMESPACE) return refusal(400, { reason: 'BadRequest', message: 'the namespace of the object is not that of the request' });
      meta.namespace = NAMESPACE;
    } else if (meta.namespace) {
      return refusal(400, { reason: 'BadRequest', message: 'a namespace on what has none' });
    }
    if (!meta.name && meta.generateName) meta.name = `${meta.generateName}abcde`;
    meta.uid = 'b5d4c8a0-0000-4000-8000-000000000000';
    applyDefaults(resource, object);
    const { storage } = resource;
    const stored = resourceFor(storage.group, storage.version, storage.resource) ?? resource;
    const kept = convert(object, resource, stored);
    applyDefaults(stored, kept);
    const { fields } = beforeCreate(stored, kept, { now: '2026-01-01T00:00:00Z' });
    const own = stored === resource ? [] : judge(resource, convert(structuredClone(kept), stored, resource));
    const answered = convert(kept, stored, resource);
    if (own.length + fields.length > 0) return refusal(422, invalidBody(own.length > 0 ? own : fields));
    return { answer: answerOf(201, answered), body: answered };
  } catch (error) {
    if (error instanceof DecodeError) return refusal(error.code, { reason: error.reason, message: error.message });
    throw error;
  }
}

function invalidBody(fields: FieldError[]): StatusBody {
  return { reason: 'Invalid', details: { causes: fields.map(({ type, field, message }) => ({ reason: type, field, message })) } };
}

function refusal(code: number, body: StatusBody): Outcome {
  return { answer: answerOf(code, body), body };
}
