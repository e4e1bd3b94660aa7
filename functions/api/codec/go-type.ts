import type { TypeRef } from '#api/schema/struct-type';
import { NumberLiteral } from './number-literal.ts';

/** Go's names for types and values, which its decoding errors use and kubectl shows. */
export function goType(type: TypeRef): string {
  switch (type.kind) {
    case 'list':
      return `[]${goType(type.of)}`;
    case 'map':
      return type.of.kind === 'quantity' ? 'v1.ResourceList' : `map[string]${goType(type.of)}`;
    case 'struct':
      return type.name.slice(type.name.indexOf('/') + 1);
    default:
      return LEAVES[type.kind];
  }
}

/** `apps/v1.DeploymentSpec` is DeploymentSpec. */
export function structName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

export function goValue(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberLiteral) return 'number';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

export function literalOf(number: number | bigint | NumberLiteral): string {
  return number instanceof NumberLiteral ? number.text : String(number);
}

const LEAVES = {
  string: 'string',
  bool: 'bool',
  int32: 'int32',
  int64: 'int64',
  float: 'float64',
  bytes: '[]uint8',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  rawExtension: 'runtime.RawExtension',
  fieldsV1: 'v1.FieldsV1',
  json: 'v1.JSON',
} as const;
