import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { NEEDS, type FunctionName } from '#lambda/names';

export const FUNCTIONS = Object.keys(NEEDS) as FunctionName[];

const ROOT = join(import.meta.dirname, '..');
// Some packages below the SDK are CommonJS and ask for Node's own modules by `require`.
const BANNER = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

export interface Bundles {
  /** Holds a folder for each function. */
  folder: string;
  remove(): void;
}

/** Each function with all that it imports: its size is the length of a cold start, so what is imported late is a file of its own. */
export function bundleFunctions(): Bundles {
  const folder = mkdtempSync(join(tmpdir(), 'zeroplane-functions-'));
  for (const name of FUNCTIONS) bundleFunction(name, join(folder, name));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function bundleFunction(name: FunctionName, outdir: string): void {
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: { index: `functions/lambda/${name}.ts` },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true, // errors are told by their class' name
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'functions/lambda/credentials.ts') },
    external: ['bowser'], // for the SDK in a browser
    banner: { js: BANNER },
    logLevel: 'warning',
  });
}
