import { compareSortKeys, sortKey, type PathElement } from './path-element.ts';

/** Fields of an object, as a tree. To own a field is not to own what is below it, nor the other way round. */
export interface FieldSet {
  readonly isMember: boolean;
  /** None of them is empty. */
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

export const NO_FIELDS: FieldSet = { isMember: false, children: new Map() };

export function isEmpty({ isMember, children }: FieldSet): boolean {
  return !isMember && children.size === 0;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const children = new Map(a.children);
  for (const [element, theirs] of b.children) {
    const ours = children.get(element);
    children.set(element, ours ? union(ours, theirs) : theirs);
  }
  return { isMember: a.isMember || b.isMember, children };
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return { isMember: a.isMember && b.isMember, children: childrenOf(a, (child, element) => intersection(child, b.children.get(element) ?? NO_FIELDS)) };
}

export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return { isMember: a.isMember && !b.isMember, children: childrenOf(a, (child, element) => without(child, b.children.get(element), difference)) };
}

/** Without the members of `b` and everything below them. */
export function differenceBelow(a: FieldSet, b: FieldSet): FieldSet {
  if (b.isMember) return NO_FIELDS;
  return { isMember: a.isMember, children: childrenOf(a, (child, element) => without(child, b.children.get(element), differenceBelow)) };
}

function without(a: FieldSet, b: FieldSet | undefined, rule: (a: FieldSet, b: FieldSet) => FieldSet): FieldSet {
  return b ? rule(a, b) : a;
}

function childrenOf({ children }: FieldSet, change: (child: FieldSet, element: PathElement) => FieldSet): Map<PathElement, FieldSet> {
  const changed = new Map<PathElement, FieldSet>();
  for (const [element, child] of children) {
    const kept = change(child, element);
    if (!isEmpty(kept)) changed.set(element, kept);
  }
  return changed;
}

export function has(set: FieldSet, path: readonly PathElement[]): boolean {
  let found: FieldSet | undefined = set;
  for (const element of path) found = found?.children.get(element);
  return found?.isMember === true;
}

/** Below an element. */
export function below({ children }: FieldSet, element: PathElement): FieldSet {
  return children.get(element) ?? NO_FIELDS;
}

/** In Kubernetes' order: the members of a level before those below it. */
export function pathsOf(set: FieldSet): PathElement[][] {
  const children = sortedChildren(set);
  const members = children.filter(([, child]) => child.isMember).map(([element]) => [element]);
  return [...members, ...children.flatMap(([element, child]) => pathsOf(child).map((path) => [element, ...path]))];
}

export function sortedChildren({ children }: FieldSet): [PathElement, FieldSet][] {
  if (children.size < 2) return [...children];
  return [...children].map(([element, child]) => ({ key: sortKey(element), entry: [element, child] as [PathElement, FieldSet] })).sort((a, b) => compareSortKeys(a.key, b.key)).map(({ entry }) => entry);
}

export function fieldSet(...paths: readonly (readonly PathElement[])[]): FieldSet {
  const set = new FieldSetBuilder();
  for (const path of paths) set.insert(path);
  return set;
}

/** A set that grows; given away, it grows no more. */
export class FieldSetBuilder implements FieldSet {
  isMember = false;
  readonly children = new Map<PathElement, FieldSetBuilder>();

  insert(path: readonly PathElement[]): void {
    if (path.length === 0) return; // nobody owns a whole object
    path.reduce<FieldSetBuilder>((at, element) => at.#descend(element), this).isMember = true;
  }

  #descend(element: PathElement): FieldSetBuilder {
    const known = this.children.get(element);
    if (known) return known;
    const child = new FieldSetBuilder();
    this.children.set(element, child);
    return child;
  }
}
