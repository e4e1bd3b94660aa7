import type { Command } from 'commander';
import { z } from 'zod';
import type { Event } from '#api/schema/kinds.generated';
import { EVENTS } from '#client/core-resources';
import { type Session, withSession } from '../../cluster/session.ts';
import { parseReference } from '../../cluster/targets.ts';
import { Output, OUTPUT_OPTION, parseOptions } from '../../options.ts';
import { type Columns, columnsFor } from '../../render/columns.ts';
import { listOf, renderDocument } from '../../render/documents.ts';
import { ageText, inOrder } from '../../render/events.ts';
import { painter } from '../../render/paint.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';
import { type Where, follow } from './follow.ts';

/** For the columns of a watch that begins with nothing. */
const USUAL_WIDTHS = ['10m (x10 over 10m)', 'Warning', 'FailedScheduling', 'Pod/web-7d4b9c6f5d-x2x4q', ''];

const EventsOptions = z.strictObject({
  ...CLUSTER_OPTIONS,
  allNamespaces: z.boolean().default(false),
  for: z.string().optional(),
  types: z.string().optional(),
  watch: z.boolean().default(false),
  headers: z.boolean().default(true),
  output: Output,
});
type EventsOptions = z.infer<typeof EventsOptions>;

export function eventsCommand(): Command {
  return clusterCommand('events')
    .option('--for <object>', 'only those about KIND/NAME')
    .option('--types <types>', 'only Normal, or only Warning')
    .option('-A, --all-namespaces', 'of all namespaces')
    .option('-w, --watch', 'go on and show new ones as they come')
    .option('--no-headers', 'without the line of headers')
    .option(...OUTPUT_OPTION)
    .action(async (given: unknown) => {
      const options = parseOptions(EventsOptions, given);
      await withSession(options, (session) => events(session, options));
    });
}

async function events(session: Session, options: EventsOptions): Promise<void> {
  const where = await placeOf(session, options);
  const { items, metadata } = await session.client.list<Event>(EVENTS, where);
  const wanted = inOrder(items.filter((event) => isWanted(event, options)));
  if (options.output !== 'text') {
    process.stdout.write(renderDocument(options.output, listOf(wanted)));
    return;
  }
  if (wanted.length === 0 && !options.watch) process.stderr.write(options.allNamespaces ? 'No events found.\n' : `No events found in ${session.namespace} namespace.\n`);
  const print = printer(options, wanted);
  wanted.forEach(print);
  if (!options.watch) return;
  const watch = (resourceVersion: string) => session.client.watch<Event>(EVENTS, { ...where, resourceVersion });
  await follow({ client: session.client, kind: EVENTS, where, from: metadata.resourceVersion, watch }, ({ type, object }) => {
    if ((type === 'ADDED' || type === 'MODIFIED') && isWanted(object, options)) print(object);
  });
}

async function placeOf({ kinds, namespace }: Session, options: EventsOptions): Promise<Where> {
  const place = options.allNamespaces ? {} : { namespace };
  if (options.for === undefined) return place;
  const { kind, name } = await parseReference(options.for, kinds);
  return { ...(kind.namespaced ? place : {}), fieldSelector: `involvedObject.kind=${kind.kind},involvedObject.name=${name}` };
}

function isWanted({ type }: Event, { types }: EventsOptions): boolean {
  return types === undefined || types.toLowerCase().split(',').includes((type ?? '').toLowerCase());
}

function printer({ allNamespaces, headers }: EventsOptions, first: readonly Event[]): (event: Event) => void {
  const paint = painter(process.stdout);
  const cells = (event: Event) => {
    const { involvedObject: about, metadata, type = '', reason = '', message = '' } = event;
    return [...(allNamespaces ? [metadata.namespace ?? ''] : []), ageText(event, Date.now()), type, reason, `${about.kind ?? ''}/${about.name ?? ''}`, message.trim()];
  };
  const title = [...(allNamespaces ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  let columns: Columns | undefined;
  return (event) => {
    if (columns === undefined) {
      columns = columnsFor([title, ...(first.length === 0 ? [[...(allNamespaces ? ['default'] : []), ...USUAL_WIDTHS]] : first.map(cells))]);
      if (headers) process.stdout.write(columns.line(title));
    }
    const line = columns.line(cells(event));
    process.stdout.write(event.type === 'Warning' ? `${paint('yellow', line.trimEnd())}\n` : line);
  };
}
