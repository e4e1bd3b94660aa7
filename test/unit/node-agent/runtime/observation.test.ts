import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { LABEL, ownerLabels } from '#node-agent/runtime/docker/labels';
import { Observation } from '#node-agent/runtime/docker/observation';

const OWNER = { clusterUid: 'u', nodeName: 'n' };
const POD = '1';

interface Held {
  labels: Record<string, string>;
  running: boolean;
}

/** An engine of containers that are there and run or not; it says what it was asked. */
class Engine {
  readonly held = new Map<string, Held>();
  readonly asked: string[] = [];
  /** Runs while an answer is on its way. */
  meanwhile: (() => void) | undefined;

  readonly docker = {
    listContainers: () => this.answer('list', () => [...this.held].map(([Id, { labels }]) => ({ Id, Labels: labels }))),
    getContainer: (id: string) => ({ inspect: () => this.answer(id, () => this.details(id)) }),
  } as unknown as Docker;

  make(id: string, role: string): Docker.ContainerCreateOptions {
    const labels = { ...ownerLabels(OWNER), [LABEL.podUid]: POD, [LABEL.role]: role, [LABEL.container]: id };
    this.held.set(id, { labels, running: true });
    return { Labels: labels };
  }

  private async answer<T>(what: string, of: () => T): Promise<T> {
    this.asked.push(what);
    const found = of();
    await Promise.resolve();
    this.meanwhile?.();
    this.meanwhile = undefined;
    return found;
  }

  private details(id: string): unknown {
    const held = this.held.get(id);
    if (held === undefined) throw Object.assign(new Error('no such container'), { statusCode: 404 });
    const time = new Date(0).toISOString();
    return { Id: id, Created: time, LogPath: '', HostConfig: {}, State: { Status: held.running ? 'running' : 'exited', Running: held.running, Error: '', ExitCode: 0, OOMKilled: false, Pid: 7, StartedAt: time, FinishedAt: time } };
  }
}

function observed() {
  const engine = new Engine();
  const observation = new Observation({ docker: engine.docker, owner: OWNER, clock: { now: () => 0 } });
  const states = async () => (await observation.pod(POD))?.containers.map(({ state }) => state);
  return { engine, observation, states };
}

test('only what has changed is asked for', async () => {
  const { engine, observation, states } = observed();
  await observation.pods();
  observation.created('c', engine.make('c', 'main'));
  expect(await states()).toEqual(['created']);
  observation.changed('c');
  expect([await states(), await states()]).toEqual([['running'], ['running']]);
  expect(engine.asked).toEqual(['list', 'c']);
  observation.removed('c');
  expect(await states()).toBeUndefined();
});

test('a death that is told while it is being looked at is looked at again', async () => {
  const { engine, observation, states } = observed();
  engine.make('c', 'main');
  await observation.pods();
  observation.changed('c');
  engine.meanwhile = () => {
    engine.held.set('c', { labels: engine.held.get('c')?.labels ?? {}, running: false });
    observation.changed('c');
  };
  expect([await states(), await states()]).toEqual([['running'], ['exited']]);
});

test('in doubt all is listed again: what went meanwhile is gone, what was made while it was listed stays', async () => {
  const { engine, observation, states } = observed();
  engine.make('old', 'main');
  await observation.pods();
  engine.held.delete('old');
  expect(await states()).toEqual(['running']);
  observation.doubt();
  engine.meanwhile = () => observation.created('new', engine.make('new', 'main'));
  expect(await states()).toEqual(['created']);
});
