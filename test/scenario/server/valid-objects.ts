/** What is valid of kinds whose own rules refuse an object with every field set, and that have no sample: by kind, without metadata. */
const containers = [{ name: 'c', image: 'i' }];
const template = { metadata: { labels: { a: 'b' } }, spec: { containers } };
const selector = { matchLabels: { a: 'b' } };
const job = { template: { spec: { containers, restartPolicy: 'Never' } } };
const storage = '1Gi';

export const VALID_OBJECTS: Readonly<Record<string, Record<string, unknown>>> = {
  PersistentVolumeClaim: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } },
  PersistentVolume: { spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } } },
  PodTemplate: { template },
  ReplicationController: { spec: { replicas: 1, selector: selector.matchLabels, template } },
  DaemonSet: { spec: { selector, template } },
  StatefulSet: { spec: { serviceName: 's', selector, template } },
  Job: { spec: job },
  CronJob: { spec: { schedule: '* * * * *', jobTemplate: { spec: job } } },
  HorizontalPodAutoscaler: { spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 3 } },
  Ingress: { spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } },
  IngressClass: { spec: { controller: 'example.com/ingress' } },
  NetworkPolicy: { spec: { podSelector: {} } },
  PodDisruptionBudget: { spec: { minAvailable: 1, selector } },
  LimitRange: { spec: { limits: [] } },
  ResourceQuota: { spec: { hard: { pods: '1' } } },
  StorageClass: { provisioner: 'example.com/disk' },
  PriorityClass: { value: 5 },
  Lease: { spec: { holderIdentity: 'me' } },
};
