import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A synthesised stack as the emulator deploys it: the template and where the bundled functions are. Nothing else of the project is read. */
export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string[];
}

export interface Template {
  stackName: string;
  Parameters: Record<string, { Type: string; Default?: string }>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
  /** S3 object key of an asset to its folder. */
  assets: Map<string, string>;
}

export function loadTemplate(folder: string): Template {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { artifacts: Record<string, { type: string; properties?: { templateFile?: string } }> };
  const [stackName, stack] = Object.entries(manifest.artifacts).find(([, artifact]) => artifact.type === 'aws:cloudformation:stack') ?? [];
  if (stackName === undefined || !stack?.properties?.templateFile) throw new Error(`${folder} holds no synthesised stack: run npm run synth`);
  const template = JSON.parse(readFileSync(join(folder, stack.properties.templateFile), 'utf8')) as Partial<Template>;
  return { stackName, Parameters: template.Parameters ?? {}, Resources: template.Resources ?? {}, Outputs: template.Outputs ?? {}, assets: loadAssets(folder, stackName) };
}

function loadAssets(folder: string, stackName: string): Map<string, string> {
  interface FileAsset {
    source: { path: string; packaging: string };
    destinations: Record<string, { objectKey: string }>;
  }
  const { files } = JSON.parse(readFileSync(join(folder, `${stackName}.assets.json`), 'utf8')) as { files: Record<string, FileAsset> };
  const entries = Object.values(files).filter((file) => file.source.packaging === 'zip');
  return new Map(entries.flatMap((file) => Object.values(file.destinations).map((to): [string, string] => [to.objectKey, join(folder, file.source.path)])));
}
