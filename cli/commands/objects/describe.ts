import type { Command } from 'commander';
import { z } from 'zod';
import type { KubeObject } from '#api/object';
import type { EndpointSlice, Event, Pod, ReplicaSet } from '#api/schema/kinds.generated';
import { ENDPOINT_SLICES, EVENTS, PODS, REPLICA_SETS } from '#client/core-resources';
import { type Session, withSession } from '../../cluster/session.ts';
import { parseTargets } from '../../cluster/targets.ts';
import { parseOptions } from '../../options.ts';
import { deploymentEntries } from '../../render/describe/deployment.ts';
import { genericEntries } from '../../render/describe/generic.ts';
import { type Entry, layOut, tableLines } from '../../render/describe/layout.ts';
import { nodeEntries } from '../../render/describe/node.ts';
import { podEntries } from '../../render/describe/pod.ts';
import { serviceEntries } from '../../render/describe/service.ts';
import { ageText, inOrder } from '../../render/events.ts';
import { CLUSTER_OPTIONS, clusterCommand } from '../cluster-command.ts';
import { objectsOf } from './read-objects.ts';

const DescribeOptions = z.strictObject({ ...CLUSTER_OPTIONS, selector: z.string().optional(), allNamespaces: z.boolean().default(false) });
type DescribeOptions = z.infer<typeof DescribeOptions>;

export function describeCommand(): Command {
  return clusterCommand('describe')
    .argument('<words...>', 'KIND, KIND NAME... or KIND/NAME...')
    .option('-l, --selector <labels>', 'only those with these labels')
    .option('-A, --all-namespaces', 'of all namespaces')
    .action(async (words: string[], given: unknown) => {
      const options = parseOptions(DescribeOptions, given);
      await withSession(options, (session) => describe(session, words, options));
    });
}

async function describe(session: Session, words: string[], options: DescribeOptions): Promise<void> {
  const targets = await parseTargets(words, session.kinds);
  const found = (await Promise.all(targets.map((target) => objectsOf(session, target, options)))).flat();
  if (found.length === 0) process.stderr.write(options.allNamespaces ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`);
  const described = await Promise.all(found.map(async (object) => layOut([...(await entriesOf(session, object)), await eventsOf(session, object)])));
  process.stdout.write(described.join('\n\n'));
}

async function entriesOf({ client }: Session, object: KubeObject): Promise<Entry[]> {
  const nowMs = Date.now();
  const { namespace = '', name = '', uid } = object.metadata;
  switch (`${object.apiVersion ?? ''}/${object.kind ?? ''}`) {
    case 'v1/Pod':
      return podEntries(object, nowMs);
    case 'apps/v1/Deployment': {
      const { items } = await client.list<ReplicaSet>(REPLICA_SETS, { namespace });
      return deploymentEntries(object, items.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid)), nowMs);
    }
    case 'v1/Service':
      return serviceEntries(object, (await client.list<EndpointSlice>(ENDPOINT_SLICES, { namespace, labelSelector: `kubernetes.io/service-name=${name}` })).items, nowMs);
    case 'v1/Node': {
      const { items } = await client.list<Pod>(PODS, { fieldSelector: `spec.nodeName=${name}` });
      return nodeEntries(object, items.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed'), nowMs);
    }
    default:
      return genericEntries(object, nowMs);
  }
}

// Those of a node are in the default namespace, and its agent may not know its uid: the name finds them all.
async function eventsOf({ client }: Session, { kind, metadata }: KubeObject): Promise<Entry> {
  const { name = '', namespace = 'default' } = metadata;
  const { items } = await client.list<Event>(EVENTS, { namespace, fieldSelector: `involvedObject.kind=${kind ?? ''},involvedObject.name=${name}` });
  const rows = inOrder(items).map((event) => [event.type ?? '', event.reason ?? '', ageText(event, Date.now()), event.source?.component ?? event.reportingComponent, event.message?.trim() ?? '']);
  return ['Events', rows.length === 0 ? '<none>' : tableLines([['Type', 'Reason', 'Age', 'From', 'Message'], ...rows])];
}
