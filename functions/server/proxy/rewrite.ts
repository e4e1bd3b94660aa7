/** What a proxied answer says about places on its own host has to lead through the proxy again. */
export interface ProxyPlace {
  /** The path up to and with `/proxy`. */
  prefix: string;
  /** Hosts by which the target may name itself. */
  hosts: string[];
}

/** One link: a path on the same host gets the prefix, everything else stays. */
export function rewriteLink(link: string, { prefix, hosts }: ProxyPlace): string {
  const [, host, rest = ''] = /^(?:https?:)?\/\/([^/?#]*)(.*)$/is.exec(link) ?? [undefined, undefined, link];
  if (host !== undefined && !hosts.includes(host)) return link;
  const path = rest === '' ? '/' : rest;
  if (!path.startsWith('/')) return link;
  return path.startsWith(prefix) ? path : `${prefix}${path}`;
}

/** Attributes whose values are links, by element. */
const LINKS: Record<string, readonly string[]> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

const START_TAG = /<([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)/g;
const ATTRIBUTE = /(\s+)([^\s=>"'/]+\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;

/** The links in the start tags of a page. */
export function rewriteHtml(html: string, place: ProxyPlace): string {
  return html.replace(START_TAG, (tag: string, element: string, attributes: string) => {
    const links = LINKS[element.toLowerCase()];
    if (links === undefined || attributes === '') return tag;
    const rewritten = attributes.replace(ATTRIBUTE, (whole: string, space: string, name: string, value: string) => {
      if (!links.includes(name.replace(/\s*=\s*$/, '').toLowerCase())) return whole;
      const quote = value.startsWith('"') || value.startsWith("'") ? value.slice(0, 1) : '';
      const link = quote === '' ? value : value.slice(1, -1);
      return `${space}${name}${quote}${rewriteLink(link, place)}${quote}`;
    });
    return `<${element}${rewritten}`;
  });
}
