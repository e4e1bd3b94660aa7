import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '#test/support/folder';
import { helm, writeChart } from '#test/support/helm';
import { ensureWebImages } from '#test/support/images';
import { type TestNamespace, createNamespace } from './namespace.ts';

// Helm 4 installs by server-side apply, and waits for what it has installed.
const folder = temporaryFolder('charts');
let namespace: TestNamespace;

beforeAll(async () => {
  await ensureWebImages();
  namespace = await createNamespace('charts');
});
afterAll(async () => {
  await namespace.remove();
  folder.remove();
});

interface Release {
  name: string;
  revision: string;
  status: string;
}

const run = (line: string): Promise<string> => helm(line.split(' '), { namespace: namespace.name });
const releases = async (): Promise<Release[]> => JSON.parse(await run('list -o json')) as Release[];
const WEB = '--set image.repository=zeroplane-test/web,service.port=8080,readinessProbe.periodSeconds=1';

test("the chart that helm makes: install, list, status, upgrade, rollback, uninstall", async () => {
  const chart = `${folder.path}/web`;
  await helm(['create', chart]);
  expect(await run(`install web ${chart} ${WEB} --set image.tag=v1 --wait`)).toContain('STATUS: deployed');
  expect(await releases()).toMatchObject([{ name: 'web', revision: '1', status: 'deployed' }]);
  expect(await run('status web')).toContain('REVISION: 1');
  expect(await managersOfImage()).toEqual(['helm']);

  await run(`upgrade web ${chart} ${WEB} --set image.tag=v2,replicaCount=2 --wait`);
  expect(await deployed()).toEqual({ image: 'zeroplane-test/web:v2', replicas: 2, ready: 2 });
  await run('rollback web 1 --wait');
  expect(await deployed()).toEqual({ image: 'zeroplane-test/web:v1', replicas: 1, ready: 1 });
  expect((JSON.parse(await run('history web -o json')) as { description: string }[]).map(({ description }) => description)).toEqual(['Install complete', 'Upgrade complete', 'Rollback to 1']);

  expect(await run('uninstall web')).toContain('release "web" uninstalled');
  expect(await releases()).toEqual([]);
  expect(await namespace.kubectl(['get', 'deployments,services', '-o', 'name'])).toBe('');
});

test('a hook runs before what is installed; lookup reads what is there', async () => {
  await namespace.kubectl(['create', 'configmap', 'given', '--from-literal=answer=42']);
  const chart = writeChart(folder.path, { name: 'hooked', templates: { 'hook.yaml': HOOK, 'found.yaml': FOUND } });
  await run(`install hooked ${chart}`);
  const job = await namespace.json<{ status: { succeeded?: number; completionTime: string } }>(['get', 'job', 'before']);
  const found = await namespace.json<{ metadata: { creationTimestamp: string }; data: Record<string, string> }>(['get', 'configmap', 'found']);
  expect(job.status.succeeded).toBe(1);
  expect(found.data).toEqual({ answer: '42' });
  expect(found.metadata.creationTimestamp >= job.status.completionTime).toBe(true);
});

interface Deployment {
  metadata: { managedFields?: { manager: string; operation: string; fieldsV1: object }[] };
  spec: { replicas: number; template: { spec: { containers: [{ image: string }] } } };
  status: { readyReplicas?: number };
}

async function deployed(): Promise<{ image: string; replicas: number; ready: number | undefined }> {
  const { spec, status } = await namespace.json<Deployment>(['get', 'deployment', 'web']);
  return { image: spec.template.spec.containers[0].image, replicas: spec.replicas, ready: status.readyReplicas };
}

async function managersOfImage(): Promise<string[]> {
  const { metadata } = await namespace.json<Deployment>(['get', 'deployment', 'web', '--show-managed-fields']);
  const owners = metadata.managedFields?.filter(({ operation, fieldsV1 }) => operation === 'Apply' && JSON.stringify(fieldsV1).includes('f:image'));
  return owners?.map(({ manager }) => manager) ?? [];
}

const HOOK = `
apiVersion: batch/v1
kind: Job
metadata:
  name: before
  annotations: {"helm.sh/hook": pre-install}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: hook, image: "zeroplane-test/web:v1", command: ["${process.execPath}", -e, ""]}]
`;

const FOUND = `
apiVersion: v1
kind: ConfigMap
metadata: {name: found}
data: {answer: {{ (lookup "v1" "ConfigMap" .Release.Namespace "given").data.answer | quote }}}
`;
