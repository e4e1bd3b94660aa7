import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { loadTemplate } from '../aws/template/load.ts';
import { type Figure, median, notMeasured } from './figure.ts';

const RUNS = 7;
const CLOUD_ASSEMBLY = resolve(import.meta.dirname, '../../cdk.out');

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
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', LOAD, pathToFileURL(join(bundle, 'index.mjs')).href]);
    initMs.push(Number(stdout));
  }
  const files = readdirSync(bundle).map((name) => readFileSync(join(bundle, name)));
  const kb = (sizeOf: (bytes: Buffer) => number): string => `${(files.reduce((sum, bytes) => sum + sizeOf(bytes), 0) / 1024).toFixed(0)} KB`;
  return [
    { what, ours: `${kb((bytes) => bytes.length)}, ${kb((bytes) => gzipSync(bytes).length)} compressed` },
    { what: 'api function: init in a new process', ours: `${median(initMs).toFixed(0)} ms` },
  ];
}

function apiBundle(): string | undefined {
  if (!existsSync(CLOUD_ASSEMBLY)) return undefined;
  const { Resources, assets } = loadTemplate(CLOUD_ASSEMBLY);
  const [, api] = Object.entries(Resources).find(([id, { Type }]) => Type === 'AWS::Lambda::Function' && /^api/i.test(id)) ?? [];
  return assets.get((api?.Properties['Code'] as { S3Key: string } | undefined)?.S3Key ?? '');
}
