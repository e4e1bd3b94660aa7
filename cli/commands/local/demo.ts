import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { Failure } from '#client/failure';
import { openSession } from '../../cluster/session.ts';
import { ensureDocker } from '../../docker.ts';
import { createProgress } from '../../render/progress.ts';
import { createStage, type Stage } from './demo/stage.ts';
import { tour } from './demo/tour.ts';
import { program } from './program.ts';

export function demoCommand(): Command {
  return new Command('demo')
    .description('A tour on a cluster of its own, removed at its end: an application deployed, a container killed, a pod deleted. Ends with 0 only if all of it worked.')
    .action(demo);
}

async function demo(): Promise<void> {
  const startedMs = Date.now();
  const progress = createProgress(process.stdout);
  await ensureDocker(progress);
  const folder = mkdtempSync(join(tmpdir(), 'zeroplane-demo-'));
  const dataDir = join(folder, 'cluster');
  const interruption = interruptionOf();
  const stage = createStage({ program: program(), folder, kubeconfig: join(dataDir, 'kubeconfig'), signal: interruption.signal });
  try {
    await Promise.race([play(stage, { folder, dataDir }), interruption.happened]);
  } finally {
    progress.say('');
    await progress.step('Removing the cluster', (say) => remove({ folder, dataDir, say }));
  }
  progress.say(`\nAll of it worked, in ${Math.round((Date.now() - startedMs) / 1000)} s. \`zeroplane up\` makes a cluster that stays.`);
}

async function play(stage: Stage, { folder, dataDir }: { folder: string; dataDir: string }): Promise<void> {
  const { launch } = await import('#local/launch');
  const { FLASK, FLASK_BROKEN, FLASK_IMAGE } = await import('#local/sample/flask-manifests');
  stage.chapter('A cluster', 'The API server and one worker on this machine, in a folder and on a port of their own.');
  const cluster = await stage.step('Starting the control plane', (say) => launch({ dataDir, program: program(), say }));
  await stage.step('Waiting for the worker', (say) => cluster.nodesReady(say));
  await stage.step(`Building the image ${FLASK_IMAGE.name}`, () => buildImage(FLASK_IMAGE));
  writeFileSync(join(folder, 'flask.yaml'), FLASK);
  writeFileSync(join(folder, 'flask-broken.yaml'), FLASK_BROKEN);
  const session = openSession({ dataDir });
  try {
    await tour(stage, session.client);
  } finally {
    session.close();
  }
}

async function buildImage(image: { name: string; env: Record<string, string> }): Promise<void> {
  const [{ default: Docker }, { ensureNodeImage }, { WEB_SCRIPT }] = await Promise.all([import('dockerode'), import('#local/sample/node-image'), import('#local/sample/web-script')]);
  await ensureNodeImage(new Docker(), { ...image, script: WEB_SCRIPT });
}

async function remove({ folder, dataDir, say }: { folder: string; dataDir: string; say(detail: string): void }): Promise<void> {
  const { tearDown } = await import('#local/tear-down');
  await tearDown({ dataDir, purge: true, say });
  rmSync(folder, { recursive: true, force: true });
}

/** Ctrl-C ends the tour, not the removal of what it made. */
function interruptionOf(): { signal: AbortSignal; happened: Promise<never> } {
  const controller = new AbortController();
  const happened = new Promise<never>((_, reject) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        controller.abort();
        reject(new Failure('the tour was interrupted'));
      });
    }
  });
  happened.catch(() => undefined);
  return { signal: controller.signal, happened };
}
