/**
 * Role-based access control as a decision over plain rules: does a rule allow, is a user a binding's subject.
 * (Kubernetes documentation, "Using RBAC Authorization".)
 */
export interface PolicyRule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

export interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

/** What is asked: a resource, or a path when `resource` is absent. */
export type Access =
  | { verb: string; group: string; resource: string; subresource: string; name: string; namespace: string }
  | { verb: string; path: string };

export function ruleAllows(rule: PolicyRule, access: Access): boolean {
  if (!matchesWord(rule.verbs, access.verb)) return false;
  if ('path' in access) return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, access.path));
  return (
    matchesWord(rule.apiGroups ?? [], access.group) &&
    (rule.resources ?? []).some((pattern) => matchesResource(pattern, access)) &&
    ((rule.resourceNames ?? []).length === 0 || (access.name !== '' && rule.resourceNames?.includes(access.name) === true))
  );
}

/** `namespace` is the binding's own: a ServiceAccount subject may leave its namespace out only in a cluster-wide binding's error. */
export function isSubject(subject: Subject, user: { name: string; groups: string[] }, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.name;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount': {
      const home = subject.namespace ?? namespace;
      return home !== '' && user.name === `system:serviceaccount:${home}:${subject.name}`;
    }
    default:
      return false;
  }
}

/** True when every access that `wanted` grants is granted by `held` too: nobody hands out more than they have. */
export function covers(held: PolicyRule[], wanted: PolicyRule[]): boolean {
  return wanted.flatMap(atomsOf).every((atom) => held.some((rule) => ruleCoversAtom(rule, atom)));
}

function matchesWord(patterns: string[], word: string): boolean {
  return patterns.includes('*') || patterns.includes(word);
}

function matchesResource(pattern: string, { resource, subresource }: { resource: string; subresource: string }): boolean {
  if (pattern === '*') return true;
  if (subresource === '') return pattern === resource;
  return pattern === `${resource}/${subresource}` || pattern === `*/${subresource}`;
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}

// A rule is a product of lists; an atom is one point of it, wildcards kept as words.
type Atom = { verb: string; group: string; resource: string; name?: string } | { verb: string; url: string };

function atomsOf(rule: PolicyRule): Atom[] {
  const names = rule.resourceNames?.length ? rule.resourceNames : [undefined];
  return rule.verbs.flatMap((verb) => [
    ...(rule.nonResourceURLs ?? []).map((url) => ({ verb, url })),
    ...(rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource) => names.map((name) => ({ verb, group, resource, ...(name === undefined ? {} : { name }) }))),
    ),
  ]);
}

function ruleCoversAtom(rule: PolicyRule, atom: Atom): boolean {
  if (!matchesWord(rule.verbs, atom.verb)) return false;
  if ('url' in atom) return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, atom.url));
  const [resource = '', subresource = ''] = atom.resource.split('/');
  const named = (rule.resourceNames ?? []).length === 0 || (atom.name !== undefined && rule.resourceNames?.includes(atom.name) === true);
  return (
    named &&
    matchesWord(rule.apiGroups ?? [], atom.group) &&
    (rule.resources ?? []).some((pattern) => pattern === atom.resource || matchesResource(pattern, { resource, subresource }))
  );
}
