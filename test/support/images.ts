import Docker from 'dockerode';
import { deriveImage, ensureNodeImage } from '#local/sample/node-image';
import { WEB_SCRIPT } from '#local/sample/web-script';
import { INSPECTOR_SCRIPT } from './inspector-script.ts';

/** Images of the end-to-end tests, made on the spot: the worker's Docker engine is this machine's in both homes. */
export const WEB_V1 = 'zeroplane-test/web:v1';
export const WEB_V2 = 'zeroplane-test/web:v2';
/** The name that `manifests/flask.yaml` uses. */
export const FLASK = 'flask-kubernetes:latest';

export async function ensureWebImages(): Promise<void> {
  const docker = new Docker();
  await ensureNodeImage(docker, { name: WEB_V1, script: WEB_SCRIPT, env: { MESSAGE: 'version 1' } });
  await deriveImage(docker, WEB_V1, { name: WEB_V2, env: { MESSAGE: 'version 2' } });
  await deriveImage(docker, WEB_V1, { name: FLASK, env: { MESSAGE: 'Hello from Kubernetes!', PORT: '5000' } });
}

/** See `inspector-script.ts`. */
export const INSPECTOR = 'zeroplane-test/inspector:v1';

export async function ensureInspectorImage(): Promise<void> {
  await ensureNodeImage(new Docker(), { name: INSPECTOR, script: INSPECTOR_SCRIPT });
}

export { killContainer } from '#local/sample/kill-container';
