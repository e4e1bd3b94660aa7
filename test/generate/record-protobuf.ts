import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, peerOfArguments } from './peer.ts';

// npx tsx test/generate/record-protobuf.ts https://HOST:PORT TOKEN
// Creates the samples on a real kube-apiserver and records what it answers for each, once as JSON and once as protobuf: the expectation of
// the codec's tests, in both directions.
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const peer = peerOfArguments('test/generate/record-protobuf.ts');
const folder = import.meta.dirname;

interface Sample {
  /** Where it is created, and read at `/name` unless `answer` says that the answer to the create is all there is (reviews). */
  path: string;
  answer?: true;
  object?: { metadata?: { name: string } };
}

const samples = JSON.parse(readFileSync(join(folder, 'protobuf-samples.json'), 'utf8')) as Sample[];
const recorded: { path: string; json: unknown; protobuf: string }[] = [];
for (const sample of samples) recorded.push(await record(sample));
const lines = recorded.map((line) => JSON.stringify(line)).join(',\n');
writeFileSync(join(folder, 'protobuf.recorded.json'), `[\n${lines}\n]\n`);

async function record({ path, answer, object }: Sample) {
  if (answer) {
    const body = JSON.stringify(object);
    return { path, json: parse(await ask(peer, path, { method: 'POST', body })), protobuf: base64(await ask(peer, path, { method: 'POST', body, accept: PROTOBUF })) };
  }
  if (object) {
    const { status, body } = await ask(peer, path, { method: 'POST', body: JSON.stringify(object) });
    if (status !== 201 && status !== 409) throw new Error(`${path}: ${status} ${body.toString('utf8')}`);
  }
  const name = object?.metadata?.name;
  const at = name === undefined ? path : `${path}/${name}`;
  return { path: at, json: parse(await ask(peer, at)), protobuf: base64(await ask(peer, at, { accept: PROTOBUF })) };
}

function parse({ body }: { body: Buffer }): unknown {
  return JSON.parse(body.toString('utf8')) as unknown;
}

function base64({ body }: { body: Buffer }): string {
  return body.toString('base64');
}
