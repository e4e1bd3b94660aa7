const NAME = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const DOMAIN = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?';
const REFERENCE = new RegExp(`^(?:${DOMAIN}/)?${NAME}(?:/${NAME})*(?::(?<tag>[\\w][\\w.-]{0,127}))?(?<digest>@[A-Za-z0-9:+._-]+)?$`);
const MAX_NAME_LENGTH = 255;

/**
 * As the registry reads a reference: without a tag, or with `latest`, it is looked up each time; a digest never changes. What is no
 * reference at all can only be found where it is.
 */
export function defaultPullPolicy(image: string): string {
  const groups = image.length <= MAX_NAME_LENGTH ? REFERENCE.exec(image)?.groups : undefined;
  if (!groups || groups['digest'] !== undefined) return 'IfNotPresent';
  return (groups['tag'] ?? 'latest') === 'latest' ? 'Always' : 'IfNotPresent';
}
