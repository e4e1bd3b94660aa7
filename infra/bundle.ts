import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import { NEEDS, type FunctionName } from '#lambda/names';

export const FUNCTIONS = Object.keys(NEEDS) as FunctionName[];

const ROOT = join(import.meta.dirname, '..');
// Some packages below the SDK are CommonJS and ask for Node's own modules by `require`.
const BANNER = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

export interface Bundles {
  /** Holds a folder for each function, with its one file. */
  folder: string;
  metafile: Metafile;
  remove(): void;
}

/** Each function with all that it imports, in one file: its size is the length of a cold start. One pass of esbuild for all of them. */
export function bundleFunctions(): Bundles {
  const folder = mkdtempSync(join(tmpdir(), 'zeroplane-functions-'));
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(FUNCTIONS.map((name) => [`${name}/index`, `functions/lambda/${name}.ts`])),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    metafile: true,
    minify: true,
    keepNames: true, // errors are told by their class' name
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'functions/lambda/credentials.ts') },
    banner: { js: BANNER },
    logLevel: 'warning',
  });
  return { folder, metafile, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
