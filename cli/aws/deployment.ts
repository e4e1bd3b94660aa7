import { Failure } from '#client/failure';
import type { Progress } from '../render/progress.ts';
import type { Account } from './account.ts';
import { openCodeBucket, type CodeBucket } from './code-bucket.ts';
import { openKeptData, type KeptData } from './kept-data.ts';
import type { Outcome } from './stack-events.ts';
import type { Stack, Stacks, Wanted } from './stack.ts';
import type { SynthesisedApp } from './synthesised-app.ts';

export interface Deployment {
  name: string;
  account: Account;
  stacks: Stacks;
  /** undefined: there is none yet. */
  stack: Stack | undefined;
  progress: Progress;
}

/** Uploads the functions and lets CloudFormation do the rest. A first deployment that fails leaves nothing, a later one what was before. */
export async function bringAbout(wanted: Wanted, code: SynthesisedApp['code'], deployment: Deployment): Promise<Stack> {
  const { name, account, stacks, stack, progress } = deployment;
  const bucket = openCodeBucket(account, name);
  const data = openKeptData(account, name);
  const tablesBefore = stack === undefined ? (await data.tables()).map((table) => table.name) : [];
  await progress.step('Uploading the functions', (say) => bucket.upload(code, say));
  try {
    await progress.step(stack === undefined ? 'Creating the stack' : 'Updating the stack', async (say) => {
      completed(stack === undefined ? await stacks.create(name, wanted, say) : await stacks.update(stack, wanted, say), name);
    });
  } catch (error) {
    if (stack === undefined) await progress.step('Removing what was made', (say) => removeMade(deployment, { bucket, data, tablesBefore, say }));
    throw error;
  }
  const made = await stacks.find(name);
  if (made === undefined) throw new Failure(`the stack ${name} has gone while it was deployed`);
  return made;
}

function completed({ status, failure }: Outcome, name: string): void {
  if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') return;
  throw new Failure(`the deployment of ${name} has failed`, { ...(failure === undefined ? {} : { why: failure }), fix: `CloudFormation has taken back what it had done (${status}).` });
}

// The table is protected from deletion, so that not even a failed creation takes it away.
async function removeMade({ stacks, name }: Deployment, { bucket, data, tablesBefore, say }: { bucket: CodeBucket; data: KeptData; tablesBefore: string[]; say(detail: string): void }): Promise<void> {
  const failed = await stacks.find(name);
  if (failed !== undefined) await removeStack(stacks, failed, say);
  for (const { name: table } of await data.tables()) if (!tablesBefore.includes(table)) await data.removeTable(table);
  await bucket.remove();
}

export async function removeStack(stacks: Stacks, stack: Stack, say: (detail: string) => void): Promise<void> {
  const { status, failure } = await stacks.remove(stack, say);
  if (status !== 'DELETE_COMPLETE') throw new Failure(`the stack ${stack.name} could not be deleted (${status})`, failure === undefined ? {} : { why: failure });
}
