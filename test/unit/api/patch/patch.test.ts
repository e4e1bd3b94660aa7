import { describe, expect, test } from 'vitest';
import type { FieldValidation } from '#api/field-validation';
import type { KubeObject } from '#api/object';
import { readPatch } from '#api/patch/patch';
import { StatusError } from '#api/status';
import recorded from './recorded.json' with { type: 'json' };

interface Recorded {
  type: string;
  patch: string;
  fieldValidation?: string;
  outcome?: Outcome;
  warnings?: string[];
  code?: number;
  reason?: string;
  message?: string;
}

interface Outcome {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  selector?: Record<string, string>;
  ports: unknown[][];
}

interface Port {
  name?: string;
  port: number;
  targetPort?: number | string;
  appProtocol?: string;
}

const base = recorded.base as unknown as KubeObject;

describe('one Service, patched as kube-apiserver 1.36.3 patched it', () => {
  test.each(recorded.cases as Recorded[])('$type $patch', ({ type, patch, fieldValidation = 'Warn', outcome, warnings = [], code, reason, message }) => {
    const before = JSON.stringify(base);
    const apply = () => readPatch(new TextEncoder().encode(patch), `application/${type}`).apply(base, { expected: { group: '', version: 'v1', kind: 'Service' }, fieldValidation: fieldValidation as FieldValidation });
    if (outcome) {
      const patched = apply();
      expect(outcomeOf(patched.object)).toEqual(outcome);
      expect(patched.warnings).toEqual(warnings);
    } else {
      const error = thrown(apply);
      expect({ code: error.code, reason: error.reason, message: message && error.message }).toEqual({ code, reason, message });
    }
    expect(JSON.stringify(base)).toBe(before);
  });
});

function outcomeOf({ metadata, spec }: KubeObject): Outcome {
  const { selector, ports = [] } = spec as { selector?: Record<string, string>; ports?: Port[] };
  const { labels, annotations, finalizers } = metadata;
  const shown = { labels, annotations, finalizers, selector, ports: ports.map(({ name = '', port, targetPort, appProtocol = '' }) => [name, port, targetPort || port, appProtocol]) };
  return JSON.parse(JSON.stringify(shown)) as Outcome;
}

function thrown(run: () => unknown): StatusError {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('was not refused');
}
