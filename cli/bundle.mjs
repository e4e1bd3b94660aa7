// Bundles the command line, the one-process control plane and the agent into dist/, which plain Node runs without this
// repository's TypeScript tooling. `npm install` runs it (script "prepare"). Native and lazily loaded packages stay outside.
import { build } from 'esbuild';
import { rmSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;

rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { zeroplane: 'cli/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  external: ['lmdb', 'dockerode', '@aws-sdk/*'],
  banner: { js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  logLevel: 'warning',
});

// The agent alone, in one file that a machine can be given: plain Node runs it, with nothing installed beside it.
await build({
  absWorkingDir: root,
  entryPoints: { 'zeroplane-node': 'cli/node-program.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['cpu-features', '*.node'],
  banner: { js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;" },
  logLevel: 'warning',
});
