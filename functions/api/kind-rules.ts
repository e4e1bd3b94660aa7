import type { FieldError } from './field-error.ts';
import type { KubeObject } from './object.ts';
import type { NameCheck } from './validation/names.ts';

/**
 * What is written by hand for one kind, in `kinds/<kind>.ts`: all pure. A kind without such a file is served with what the
 * schema table knows (types, required fields, declared defaults) and `metadata` rules.
 * Functions may change the object that they are given: it is the caller's own copy.
 */
export interface KindRules<T extends KubeObject = KubeObject> {
  /** What the name may look like; default: a DNS-1123 subdomain. */
  name?: NameCheck;

  /** Finalizers need no domain. */
  plainFinalizers?: boolean;

  /** Present where the kind counts generations: it starts at 1, and rises when this says that the wish has changed. */
  isNewGeneration?(object: T, old: T): boolean;

  /** Most kinds drop the status that a creator sends; these keep it (Nodes register with theirs). */
  keepsStatusOnCreate?: boolean;

  /** Kubernetes' SetDefaults_*; runs on every decoded object, also on what is read from storage in an elder form. */
  setDefaults?(object: T): void;

  /** Strategy: drop status, set generation and what only the server may set. Runs after defaulting, before validation. */
  prepareForCreate?(object: T, context: RuleContext): void;
  prepareForUpdate?(object: T, old: T, context: RuleContext, subresource?: WrittenSubresource): void;
  validate?(object: T): FieldError[];
  /** What only a new object must not be; `validate` runs as well. */
  validateCreate?(object: T): FieldError[];
  /** Immutability and transitions; `validate` runs as well. */
  validateUpdate?(object: T, old: T, subresource?: WrittenSubresource): FieldError[];

  status?: {
    /** Default: metadata and status are the writer's, everything else (and the labels) comes from `old`. */
    prepareForUpdate?(object: T, old: T, context: RuleContext): void;
    validateUpdate?(object: T, old: T): FieldError[];
  };

  /** What a client is told beside success (`Warning: 299`). */
  warnings?(object: T, old?: T): string[];

  /** Field selectors beyond metadata.name and metadata.namespace: label to value ('' where unset). */
  selectableFields?(object: T): Record<string, string>;

  /** Terms of the indexes declared for this resource (`store/` keeps `owner` for every kind). */
  indexTerms?(object: T): { index: string; term: string }[];

  columns?: TableColumn<T>[];

  /** spec/status paths behind the scale subresource. */
  scale?: { specReplicas: string; statusReplicas: string; selector: string };

  /** Where deletion is graceful (pods): the seconds to wait for somebody else's confirmation; 0 deletes at once. */
  gracePeriodSeconds?(object: T, requested: number | undefined): number;
}

export interface RuleContext {
  /** RFC 3339, whole seconds. */
  now: string;
}

/** Other writes than that of the whole object; see `strategy.ts`. */
export type WrittenSubresource = 'status' | 'scale' | 'binding' | 'finalize' | 'approval' | 'ephemeralcontainers' | 'resize';

export interface TableColumn<T extends KubeObject = KubeObject> {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: string;
  description: string;
  /** 0 is always shown, above it only with -o wide. */
  priority: number;
  /** `nowMs` for ages. */
  cell(object: T, nowMs: number): unknown;
}
