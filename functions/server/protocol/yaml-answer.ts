import { stringify } from 'yaml';
import { parseJson } from '#api/codec/json';

/** JSON as Kubernetes writes YAML: keys in order, what a YAML 1.1 reader would take for something else in quotes. */
export function yamlOf(json: Uint8Array): string {
  return stringify(parseJson(json), { version: '1.1', sortMapEntries: true, lineWidth: 0, indentSeq: false });
}
