// [registry[:port]/]path[:tag][@digest], as the distribution project defines references.
const REFERENCE = /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?$/;

export function isValidReference(reference: string): boolean {
  return REFERENCE.test(reference);
}

/** Without a tag, or with the tag latest. */
export function isLatest(reference: string): boolean {
  return withTag(reference).endsWith(':latest');
}

/** Docker pulls every tag of a name without one. */
export function withTag(reference: string): string {
  if (reference.includes('@')) return reference;
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  return name.includes(':') ? reference : `${reference}:latest`;
}

/** The registry that a reference names: Docker's own where it names none. */
export function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  return rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost') ? first : 'docker.io';
}
