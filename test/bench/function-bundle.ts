import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { type Figure, median, notMeasured } from './figure.ts';

const RUNS = 7;
const CLOUD_ASSEMBLY = resolve(import.meta.dirname, '../../cdk.out');
const Template = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) })) });
const FunctionProperties = z.object({ Code: z.object({ S3Key: z.string() }) });

// What a cold start does before its first event: a new process loads the module. Lambda gives the functions this global.
const LOAD = `
globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };
const startMs = performance.now();
await import(process.argv[1]);
console.log(performance.now() - startMs);
process.exit(0);
`;

/** Of the api function as it was synthesised. */
export async function functionBundleFigures(): Promise<Figure[]> {
  const what = 'api function: bundle';
  const bundle = apiBundle();
  if (bundle === undefined) return [notMeasured(what, '`npm run synth` first')];
  const initMs: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', LOAD, pathToFileURL(bundle).href]);
    initMs.push(Number(stdout));
  }
  const kb = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KB`;
  return [
    { what, ours: `${kb(statSync(bundle).size)}, ${kb(gzipSync(readFileSync(bundle)).length)} compressed` },
    { what: 'api function: init in a new process', ours: `${median(initMs).toFixed(0)} ms` },
  ];
}

function apiBundle(): string | undefined {
  if (!existsSync(CLOUD_ASSEMBLY)) return undefined;
  const templates = readdirSync(CLOUD_ASSEMBLY).filter((name) => name.endsWith('.template.json'));
  for (const name of templates) {
    const { Resources } = Template.parse(JSON.parse(readFileSync(join(CLOUD_ASSEMBLY, name), 'utf8')));
    const api = Object.entries(Resources).find(([id, { Type }]) => Type === 'AWS::Lambda::Function' && /^api/i.test(id));
    if (api === undefined) continue;
    const { Code } = FunctionProperties.parse(api[1].Properties);
    return join(CLOUD_ASSEMBLY, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, 'index.mjs');
  }
  return undefined;
}
