import { invalid, required, type FieldError } from '../field-error.ts';
import type { KindRules, TableColumn } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import type { Event, EventsV1Event, ObjectReference } from '../schema/kinds.generated.ts';
import { pathSegmentName, qualifiedName, utf8Length } from '../validation/names.ts';
import { ageOf, column, nameColumn } from './columns.ts';

const MAX_WORD = 128;
const MAX_NOTE = 1024;

/** One event as both groups tell it. */
interface Told {
  about: ObjectReference;
  type: string;
  reason: string;
  message: string;
  source: string;
  first: string | undefined;
  last: string | undefined;
  count: number;
}

export const eventRules: KindRules<Event> = {
  // Elder reporters name events as they like.
  name: pathSegmentName,
  plainFinalizers: true,
  validate: (event) => {
    // A newer reporter may tell of another namespace, but must name one.
    const misplaced = event.eventTime && event.involvedObject?.namespace ? [] : namespaceErrors(event.metadata.namespace, event.involvedObject?.namespace, 'involvedObject.namespace');
    if (!event.eventTime) return misplaced;
    return [...misplaced, ...reporterErrors('reportingComponent', event.reportingComponent), ...requiredErrors(event)];
  },
  selectableFields: (event) => ({
    ...referenceFields('involvedObject', event.involvedObject ?? {}),
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: event.source?.component || event.reportingComponent || '',
    type: event.type ?? '',
  }),
  columns: eventColumns<Event>((event) => ({
    about: event.involvedObject ?? {},
    type: event.type ?? '',
    reason: event.reason ?? '',
    message: (event.message ?? '').trim(),
    source: sourceText(event.source?.component || event.reportingComponent, event.source?.host || event.reportingInstance),
    first: event.firstTimestamp ?? event.eventTime,
    last: event.series?.lastObservedTime ?? event.lastTimestamp ?? event.firstTimestamp ?? event.eventTime,
    count: event.series?.count ?? (event.count || 1),
  })),
};

export const eventsV1Rules: KindRules<EventsV1Event> = {
  validate: (event) => {
    if (!event.eventTime) return [required('eventTime'), ...typeErrors(event.type)];
    return [
      ...(event.regarding?.namespace ? [] : namespaceErrors(event.metadata.namespace, undefined, 'involvedObject.namespace')),
      ...reporterErrors('reportingController', event.reportingController),
      ...requiredErrors(event),
      ...seriesErrors(event),
      ...typeErrors(event.type),
      ...(event.deprecatedCount ? [invalid('count', '', 'needs to be unset')] : []),
      ...(event.deprecatedFirstTimestamp ? [invalid('firstTimestamp', '', 'needs to be unset')] : []),
      ...(event.deprecatedLastTimestamp ? [invalid('lastTimestamp', '', 'needs to be unset')] : []),
    ];
  },
  selectableFields: (event) => ({
    ...referenceFields('regarding', event.regarding ?? {}),
    reason: event.reason ?? '',
    reportingController: event.reportingController ?? '',
    type: event.type ?? '',
  }),
  columns: eventColumns<EventsV1Event>((event) => ({
    about: event.regarding ?? {},
    type: event.type ?? '',
    reason: event.reason ?? '',
    message: (event.note ?? '').trim(),
    source: sourceText(event.deprecatedSource?.component || event.reportingController, event.deprecatedSource?.host || event.reportingInstance),
    first: event.deprecatedFirstTimestamp ?? event.eventTime,
    last: event.series?.lastObservedTime ?? event.deprecatedLastTimestamp ?? event.eventTime,
    count: event.series?.count ?? (event.deprecatedCount || 1),
  })),
};

// Events of what has no namespace live in `default`.
function namespaceErrors(namespace: string | undefined, about: string | undefined, field: string): FieldError[] {
  if (!about) return namespace === 'default' || namespace === 'kube-system' ? [] : [invalid(field, about ?? '', 'does not match event.namespace')];
  return about === namespace ? [] : [invalid(field, about, 'does not match event.namespace')];
}

function reporterErrors(field: string, reporter: string | undefined): FieldError[] {
  const missing = reporter ? [] : [required(field)];
  return [...missing, ...qualifiedName(reporter ?? '').map((text) => invalid(field, reporter ?? '', text))];
}

function requiredErrors(event: { reportingInstance?: string; action?: string; reason?: string; message?: string; note?: string }): FieldError[] {
  const errors = (['reportingInstance', 'action', 'reason'] as const).flatMap((field) => {
    if (!event[field]) return [required(field)];
    return utf8Length(event[field]) > MAX_WORD ? [invalid(field, '', `can have at most ${MAX_WORD} characters`)] : [];
  });
  const tooLong = utf8Length(event.message ?? event.note ?? '') > MAX_NOTE;
  return tooLong ? [...errors, invalid('message', '', `can have at most ${MAX_NOTE} characters`)] : errors;
}

function seriesErrors({ series }: EventsV1Event): FieldError[] {
  if (!series) return [];
  const errors: FieldError[] = (series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : [];
  return series.lastObservedTime ? errors : [...errors, required('series.lastObservedTime')];
}

function typeErrors(type: string | undefined): FieldError[] {
  return type === 'Normal' || type === 'Warning' ? [] : [invalid('type', '', `has invalid value: ${type ?? ''}`)];
}

function referenceFields(prefix: string, reference: ObjectReference): Record<string, string> {
  const fields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;
  return Object.fromEntries(fields.map((field) => [`${prefix}.${field}`, reference[field] ?? '']));
}

function sourceText(component: string | undefined, host: string | undefined): string {
  return [component, host].filter((part) => part).join(', ');
}

function eventColumns<T extends KubeObject>(tell: (event: T) => Told): TableColumn<T>[] {
  return [
    column('Last Seen', 'Time since it last happened', (event, nowMs) => ageOf(tell(event).last, nowMs)),
    column('Type', 'Normal or Warning', (event) => tell(event).type),
    column('Reason', 'Why, in one word', (event) => tell(event).reason),
    column('Object', 'What it happened to', (event) => `${tell(event).about.kind?.toLowerCase() ?? ''}/${tell(event).about.name ?? ''}`),
    column('Subobject', 'Which part of it', (event) => tell(event).about.fieldPath ?? '', { wide: true }),
    column('Source', 'Who told', (event) => tell(event).source, { wide: true }),
    column('Message', 'What happened, in words', (event) => tell(event).message),
    column('First Seen', 'Time since it first happened', (event, nowMs) => ageOf(tell(event).first, nowMs), { wide: true }),
    column('Count', 'How often it happened', (event) => tell(event).count, { wide: true }),
    { ...nameColumn<T>(), priority: 1 },
  ];
}
