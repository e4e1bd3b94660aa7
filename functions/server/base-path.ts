/** A cluster's API is served at the root, and below the path of its own address: `/clusters/<name>`. '' where it has none. */
export function basePathOf(externalUrl: string): string {
  return new URL(externalUrl).pathname.replace(/\/$/, '');
}

/** The request's path as it would be at the root. */
export function withoutBase(path: string, base: string): string {
  if (base === '' || !path.startsWith(base)) return path;
  const rest = path.slice(base.length);
  return rest === '' ? '/' : rest.startsWith('/') ? rest : path;
}
