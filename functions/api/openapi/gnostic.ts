import { WireWriter } from '../codec/wire-writer.ts';
import type { Definition } from './definitions.ts';
import type { SwaggerDocument, SwaggerOperation, SwaggerParameter, SwaggerPathItem } from './v2.ts';

/**
 * An OpenAPI v2 document as protobuf, in the messages of gnostic's `openapi.v2` package: the only form in which kubectl and helm
 * fetch it. Field numbers are those of OpenAPIv2.proto; within a message they descend, as WireWriter wants it.
 */
export const GNOSTIC_MEDIA_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
/** As clients name it in Accept. */
export const GNOSTIC_ACCEPT = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

export function encodeGnostic({ swagger, info, paths, definitions, securityDefinitions, security }: SwaggerDocument): Uint8Array {
  const writer = new WireWriter();
  writer.message(13, () =>
    eachReversed(Object.entries(securityDefinitions), ([name, definition]) =>
      named(writer, 1, name, () =>
        writer.message(2, () => {
          writer.string(3, definition.in);
          writer.string(2, definition.name);
          writer.string(1, definition.type);
        }),
      ),
    ),
  );
  eachReversed(security, (requirement) =>
    writer.message(12, () => eachReversed(Object.entries(requirement), ([name, scopes]) => named(writer, 1, name, () => strings(writer, 1, scopes)))),
  );
  writer.message(9, () => namedSchemas(writer, definitions));
  writer.message(8, () => eachReversed(Object.entries(paths), ([path, item]) => named(writer, 2, path, () => writePathItem(writer, item))));
  writer.message(2, () => {
    writer.string(2, info.version);
    writer.string(1, info.title);
  });
  writer.string(1, swagger);
  return writer.result();
}

function writePathItem(writer: WireWriter, item: SwaggerPathItem): void {
  eachReversed(item.parameters, (parameter) => writeParameter(writer, 9, parameter));
  const methods = [item.get, item.put, item.post, item.delete, undefined, undefined, item.patch]; // numbers 2 to 8; no options, no head
  eachReversed([...methods.entries()], ([i, operation]) => {
    if (operation) writer.message(i + 2, () => writeOperation(writer, operation));
  });
}

function writeOperation(writer: WireWriter, operation: SwaggerOperation): void {
  extensions(writer, 13, operation);
  strings(writer, 10, operation.schemes);
  writer.message(9, () =>
    eachReversed(Object.entries(operation.responses), ([code, { description, schema }]) =>
      named(writer, 1, code, () =>
        writer.message(1, () => {
          if (schema) writer.message(2, () => writer.message(1, () => writeSchema(writer, schema)));
          writer.string(1, description);
        }),
      ),
    ),
  );
  eachReversed(operation.parameters, (parameter) => writeParameter(writer, 8, parameter));
  strings(writer, 7, operation.consumes);
  strings(writer, 6, operation.produces);
  writer.string(5, operation.operationId);
  strings(writer, 1, operation.tags);
}

// ParametersItem {parameter {body_parameter | non_body_parameter {query | path}}}
function writeParameter(writer: WireWriter, number: number, parameter: SwaggerParameter): void {
  writer.message(number, () =>
    writer.message(1, () => {
      if (parameter.in === 'body') writer.message(1, () => writeBody(writer, parameter));
      else if (parameter.in === 'query') writer.message(2, () => writer.message(3, () => writeQuery(writer, parameter)));
      else writer.message(2, () => writer.message(4, () => writePath(writer, parameter)));
    }),
  );
}

function writeBody(writer: WireWriter, { name, required, schema }: Extract<SwaggerParameter, { in: 'body' }>): void {
  writer.message(5, () => writeSchema(writer, schema));
  if (required) writer.bool(4, true);
  writer.string(3, 'body');
  writer.string(2, name);
}

type NonBody = Exclude<SwaggerParameter, { in: 'body' }>;

function writeQuery(writer: WireWriter, { name, type }: NonBody): void {
  writer.bool(20, true);
  writer.string(6, type);
  writer.string(4, name);
  writer.string(2, 'query');
}

function writePath(writer: WireWriter, { name, type }: NonBody): void {
  writer.bool(19, true);
  writer.string(5, type);
  writer.string(4, name);
  writer.string(2, 'path');
  writer.bool(1, true);
}

function writeSchema(writer: WireWriter, schema: Definition): void {
  const { $ref, format, required, enum: values, additionalProperties, type, items, properties } = schema as SchemaParts;
  extensions(writer, 31, schema);
  if (properties) writer.message(25, () => namedSchemas(writer, properties));
  if (items) writer.message(23, () => writer.message(1, () => writeSchema(writer, items)));
  if (type !== undefined) writer.message(22, () => writer.string(1, type));
  if (additionalProperties) writer.message(21, () => writer.message(1, () => writeSchema(writer, additionalProperties)));
  eachReversed(values ?? [], (value) => writer.message(20, () => writer.string(2, yamlOf(value))));
  strings(writer, 19, required ?? []);
  if (format !== undefined) writer.string(2, format);
  if ($ref !== undefined) writer.string(1, $ref);
}

interface SchemaParts {
  $ref?: string;
  format?: string;
  required?: string[];
  enum?: string[];
  additionalProperties?: Definition;
  type?: string;
  items?: Definition;
  properties?: Record<string, Definition>;
}

function namedSchemas(writer: WireWriter, schemas: Record<string, Definition>): void {
  eachReversed(Object.entries(schemas), ([name, schema]) => named(writer, 1, name, () => writeSchema(writer, schema)));
}

// Named... {name, value}
function named(writer: WireWriter, number: number, name: string, writeValue: () => void): void {
  writer.message(number, () => {
    writer.message(2, writeValue);
    writer.string(1, name);
  });
}

function extensions(writer: WireWriter, number: number, of: object): void {
  const found = Object.entries(of).filter(([key]) => key.startsWith('x-'));
  eachReversed(found, ([name, value]) => named(writer, number, name, () => writer.string(2, yamlOf(value))));
}

function strings(writer: WireWriter, number: number, values: readonly string[]): void {
  eachReversed(values, (value) => writer.string(number, value));
}

// What stands in an Any is read as YAML, and JSON is YAML.
function yamlOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function eachReversed<T>(values: readonly T[], write: (value: T) => void): void {
  for (let i = values.length - 1; i >= 0; i--) write(values[i] as T);
}
