import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDynamoDbProcess } from '../support/dynamodb-process.ts';
import { temporaryFolder } from '../support/folder.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The synthesised app. */
    synthesised: string;
    dynamodbUrl: string;
  }
}

/** Synthesises once and starts DynamoDB Local once, for all files: each emulated account has a table of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = temporaryFolder('synth');
  const root = resolve(import.meta.dirname, '../..');
  execFileSync(process.execPath, ['--import', 'tsx', 'infra/app.ts'], { cwd: root, env: { ...process.env, CDK_OUTDIR: folder.path }, stdio: ['ignore', 'ignore', 'inherit'] });
  const dynamodb = await startDynamoDbProcess();
  project.provide('synthesised', folder.path);
  project.provide('dynamodbUrl', dynamodb.endpoint);
  return async () => {
    await dynamodb.stop();
    folder.remove();
  };
}
