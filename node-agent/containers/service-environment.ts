import type { Service } from '#api/schema/kinds.generated';

/** The variables by which a container finds the Services of its namespace, and always the API's own. */
export function serviceEnvironment(services: Service[], { namespace, enableServiceLinks }: { namespace: string; enableServiceLinks: boolean }): Map<string, string> {
  const variables = new Map<string, string>();
  for (const service of services) {
    const { metadata, spec } = service;
    const isApi = metadata.namespace === 'default' && metadata.name === 'kubernetes';
    const isOurs = enableServiceLinks && metadata.namespace === namespace;
    const ip = spec?.clusterIP;
    if (!(isApi || isOurs) || ip === undefined || ip === '' || ip === 'None') continue;
    const prefix = variableName(metadata.name ?? '');
    const ports = spec?.ports ?? [];
    variables.set(`${prefix}_SERVICE_HOST`, ip);
    ports.forEach(({ name, port, protocol = 'TCP' }, i) => {
      const url = `${protocol.toLowerCase()}://${ip}:${port}`;
      if (i === 0) variables.set(`${prefix}_SERVICE_PORT`, String(port)).set(`${prefix}_PORT`, url);
      if (name !== undefined && name !== '') variables.set(`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port));
      const link = `${prefix}_PORT_${port}_${protocol}`;
      variables.set(link, url).set(`${link}_PROTO`, protocol.toLowerCase()).set(`${link}_PORT`, String(port)).set(`${link}_ADDR`, ip);
    });
  }
  return variables;
}

const variableName = (name: string): string => name.toUpperCase().replaceAll('-', '_');
