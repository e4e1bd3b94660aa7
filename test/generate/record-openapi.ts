import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESOURCES } from '#api/resources';
import { openApiV3Index } from '#api/openapi/v3';
import { openApiFacts, type OpenApiFacts } from './openapi-facts.ts';
import { ask, peerOfArguments } from './peer.ts';

// npx tsx test/generate/record-openapi.ts https://HOST:PORT TOKEN
// Records the facts of a real kube-apiserver's OpenAPI v3 documents, by document: the expectation of the OpenAPI tests.
const peer = peerOfArguments('test/generate/record-openapi.ts');
const recorded: Record<string, OpenApiFacts> = {};
for (const name of Object.keys(openApiV3Index(RESOURCES).paths)) {
  const { body } = await ask(peer, `/openapi/v3/${name}`);
  recorded[name] = openApiFacts(JSON.parse(body.toString('utf8')));
}
// A schema of several documents is kept once, in the first.
const seen = new Map<string, string>();
for (const { schemas } of Object.values(recorded))
  for (const [model, hash] of Object.entries(schemas)) {
    if (seen.get(model) === hash) delete schemas[model];
    seen.set(model, hash);
  }
writeFileSync(join(import.meta.dirname, 'openapi.recorded.json'), `${JSON.stringify(recorded, undefined, 1)}\n`);
