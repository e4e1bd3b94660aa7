import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Failure } from '#client/failure';

const Stack = z.looseObject({ type: z.literal('aws:cloudformation:stack'), properties: z.looseObject({ templateFile: z.string() }) });
const Manifest = z.looseObject({ artifacts: z.record(z.string(), z.looseObject({ type: z.string() })) });
const Assets = z.looseObject({
  files: z.record(z.string(), z.looseObject({ source: z.looseObject({ path: z.string(), packaging: z.string() }), destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })) })),
});
export const Template = z.looseObject({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) });
export type Template = z.infer<typeof Template>;

/** What CDK has written. */
export interface SynthesisedApp {
  template: Template;
  /** Each function's, by the key that the template has it under. */
  code: ReadonlyMap<string, CodeFiles>;
}

/** By their names. */
export type CodeFiles = Readonly<Record<string, Uint8Array>>;

/** What was synthesised before into `folder`, or what is now. */
export async function loadApp(folder: string | undefined): Promise<SynthesisedApp> {
  if (folder !== undefined) return readApp(folder);
  const made = mkdtempSync(join(tmpdir(), 'zeroplane-app-'));
  try {
    await synthesise(made);
    return readApp(made);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

async function synthesise(outdir: string): Promise<void> {
  const root = sourceRoot();
  await promisify(execFile)(process.execPath, ['--import', 'tsx', join('infra', 'app.ts')], { cwd: root, env: { ...process.env, CDK_OUTDIR: outdir } });
}

// Above the bundle and above the sources, not at the same distance.
function sourceRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'infra', 'app.ts'))) {
    if (dirname(folder) === folder) throw new Failure('the CDK app is not here', { why: `there is no infra/app.ts above ${import.meta.dirname}`, fix: '--app names a folder that `npm run synth` has written.' });
    folder = dirname(folder);
  }
  return folder;
}

function readApp(folder: string): SynthesisedApp {
  const read = <T extends z.ZodType>(schema: T, file: string): z.infer<T> => schema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  if (!existsSync(join(folder, 'manifest.json'))) throw new Failure(`${folder} holds no synthesised app`, { fix: '`npm run synth` writes one to cdk.out.' });
  const [name, stack] = Object.entries(read(Manifest, 'manifest.json').artifacts).flatMap(([id, artifact]) => {
    const parsed = Stack.safeParse(artifact);
    return parsed.success ? [[id, parsed.data] as const] : [];
  })[0] ?? ['', undefined];
  if (stack === undefined) throw new Failure(`${folder} holds no stack`);
  const { files } = read(Assets, `${name}.assets.json`);
  const zipped = Object.values(files).filter(({ source }) => source.packaging === 'zip');
  const code = zipped.flatMap(({ source, destinations }) => Object.values(destinations).map(({ objectKey }): [string, CodeFiles] => [objectKey, filesOf(join(folder, source.path))]));
  return { template: read(Template, stack.properties.templateFile), code: new Map(code) };
}

function filesOf(folder: string): CodeFiles {
  return Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]));
}
