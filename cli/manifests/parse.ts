import { parseJson } from '#api/codec/json';
import { parseYaml } from '#api/codec/yaml';
import { errorText } from '#api/error-text';
import type { KubeObject } from '#api/object';
import { Failure } from '#client/failure';

/** The objects in a text of JSON or of YAML documents; a List is its items. What is no object at all is an error that names the place. */
export function parseDocuments(text: string, name: string): KubeObject[] {
  return documentsOf(text).flatMap((document) => {
    const value = parsed(document, name);
    return value === null || value === undefined ? [] : objectsIn(value, name);
  });
}

// A line of three dashes begins a document, as in kubectl's own splitting.
function documentsOf(text: string): string[] {
  return text.trimStart().startsWith('{') ? [text] : text.split(/^---(?:[ \t].*)?$/m);
}

function parsed(document: string, name: string): unknown {
  try {
    return document.trimStart().startsWith('{') ? parseJson(document) : parseYaml(document);
  } catch (cause) {
    throw new Failure(`error parsing ${name}`, { cause, why: errorText(cause) });
  }
}

function objectsIn(value: unknown, name: string): KubeObject[] {
  const object = value as Partial<KubeObject> & { items?: unknown[] };
  if (typeof value !== 'object' || Array.isArray(value) || !object.kind || !object.apiVersion) {
    throw new Failure(`${name} holds something that is no Kubernetes object`, { why: `"apiVersion" or "kind" is missing: ${JSON.stringify(value).slice(0, 120)}` });
  }
  if (object.kind.endsWith('List') && Array.isArray(object.items)) return object.items.flatMap((item) => objectsIn(item, name));
  return [{ ...object, metadata: object.metadata ?? {} }];
}
