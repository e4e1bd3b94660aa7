import type { KubeObject } from '#api/object';
import type { Pod } from '#api/schema/kinds.generated';
import { PODS } from '#client/core-resources';
import { Failure } from '#client/failure';
import { isPodReady } from '../waiting/readiness.ts';
import { podsOf } from '../waiting/until-ready.ts';
import type { Session } from './session.ts';
import { parseReference } from './targets.ts';

/** The pod that is meant by `NAME`, `pod/NAME`, or one of those of `deploy/NAME`: a ready one, else the newest. */
export async function choosePod({ client, kinds, namespace }: Session, word: string): Promise<Pod> {
  const { kind, name } = await parseReference(word, kinds, 'pods');
  if (kind.kind === 'Pod') return client.get<Pod>(PODS, { namespace, name });
  const object = await client.get<KubeObject>(kind, { namespace, name });
  const pods = (await podsOf(client, { ...object, kind: kind.kind })).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const chosen = pods.find(isPodReady) ?? pods[0];
  if (!chosen) throw new Failure(`${kind.singular} "${name}" has no pods`, { fix: `\`zeroplane describe ${kind.singular}/${name}\` tells why.` });
  if (pods.length > 1) process.stderr.write(`Found ${pods.length} pods, using pod/${chosen.metadata.name ?? ''}\n`);
  return chosen;
}

/** The container that is meant where none is named: the one that the pod says, else its first. */
export function chooseContainer({ metadata, spec }: Pod): string {
  const names = (spec?.containers ?? []).map(({ name }) => name);
  const said = metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (said !== undefined && names.includes(said)) return said;
  if (names.length > 1) process.stderr.write(`Defaulted container "${names[0] ?? ''}" out of: ${names.join(', ')}\n`);
  return names[0] ?? '';
}
