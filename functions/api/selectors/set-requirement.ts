/** `In`, `NotIn`, `Exists` or `DoesNotExist`, of the labels of an object or of whatever else is named and valued like them. */
export interface SetRequirement {
  key: string;
  operator: string;
  values?: readonly string[];
}

/** Whether the labels meet it. Of operators that are none of the four, nothing does. */
export function meetsSetRequirement({ key, operator, values = [] }: SetRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = ownLabel(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** What the object itself has, whatever every object has by that name. */
export function ownLabel(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
