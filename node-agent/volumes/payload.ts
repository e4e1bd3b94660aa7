import type { ConfigMap, KeyToPath, Secret, DownwardAPIVolumeFile } from '#api/schema/kinds.generated';
import { fieldValue, resourceValue, type NodeView } from '../containers/field-value.ts';
import type { References } from '../containers/environment.ts';
import type { Pod } from '../pod.ts';
import type { VolumeFile } from './atomic-folder.ts';

export const DEFAULT_MODE = 0o644;

export interface KeyedSource {
  name: string;
  items: KeyToPath[] | undefined;
  optional: boolean;
  defaultMode: number;
}

type Files = Map<string, VolumeFile>;

export async function configMapFiles(references: References, namespace: string, source: KeyedSource): Promise<Files> {
  const object = await references.configMap(namespace, source.name);
  return keyedFiles(source, { word: 'configmap', values: object === undefined ? undefined : configMapValues(object) });
}

export async function secretFiles(references: References, namespace: string, source: KeyedSource): Promise<Files> {
  const object = await references.secret(namespace, source.name);
  return keyedFiles(source, { word: 'secret', values: object === undefined ? undefined : secretValues(object) });
}

export function downwardFiles(pod: Pod, items: DownwardAPIVolumeFile[], { node, defaultMode }: { node: NodeView; defaultMode: number }): Files {
  return new Map(
    items.map(({ path, fieldRef, resourceFieldRef, mode }) => {
      const value = fieldRef !== undefined ? fieldValue(pod, fieldRef, node) : resourceFieldRef !== undefined ? resourceValue(pod, undefined, resourceFieldRef, node) : '';
      return [path, { content: Buffer.from(value), mode: mode ?? defaultMode }] as const;
    }),
  );
}

function keyedFiles({ name, items, optional, defaultMode }: KeyedSource, { word, values }: { word: string; values: Map<string, Buffer> | undefined }): Files {
  if (values === undefined) {
    if (optional) return new Map();
    throw new Error(`${word} "${name}" not found`);
  }
  if (items === undefined || items.length === 0) return new Map([...values].map(([key, content]) => [key, { content, mode: defaultMode }]));
  const files: Files = new Map();
  for (const { key, path, mode } of items) {
    const content = values.get(key);
    if (content === undefined && !optional) throw new Error(`references non-existent ${word === 'secret' ? 'secret' : 'config'} key: ${key}`);
    if (content !== undefined) files.set(path, { content, mode: mode ?? defaultMode });
  }
  return files;
}

function configMapValues({ data, binaryData }: ConfigMap): Map<string, Buffer> {
  return new Map([...Object.entries(data ?? {}).map(([key, text]) => [key, Buffer.from(text)] as const), ...Object.entries(binaryData ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const)]);
}

function secretValues({ data }: Secret): Map<string, Buffer> {
  return new Map(Object.entries(data ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64')]));
}
