import type { TableColumn } from '../kind-rules.ts';
import type { Service, ServicePort } from '../schema/kinds.generated.ts';
import { ageColumn, column, nameColumn, NONE } from './columns.ts';
import { labelsText } from './pod-template-columns.ts';

export const serviceColumns: TableColumn<Service>[] = [
  nameColumn(),
  column('Type', 'How the service can be reached', ({ spec }) => spec?.type ?? ''),
  column('Cluster-IP', 'Its address within the cluster', ({ spec }) => spec?.clusterIPs?.[0] || NONE),
  column('External-IP', 'Its addresses for those outside of the cluster', externalAddresses),
  column('Port(s)', 'Ports, with the node ports behind them', ({ spec }) => portsText(spec?.ports ?? [])),
  ageColumn(),
  column('Selector', 'Labels of the pods behind it', ({ spec }) => labelsText(spec?.selector), { wide: true }),
];

function externalAddresses({ spec, status }: Service): string {
  const given = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return given.length > 0 ? given.join(',') : NONE;
    case 'LoadBalancer': {
      const assigned = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname).filter((address) => address !== undefined);
      const all = [...new Set([...assigned, ...given])];
      return all.length > 0 ? all.join(',') : '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function portsText(ports: ServicePort[]): string {
  const texts = ports.map(({ port, nodePort, protocol }) => (nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`));
  return texts.length > 0 ? texts.join(',') : NONE;
}
