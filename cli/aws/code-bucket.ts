import { BucketAlreadyOwnedByYou, CreateBucketCommand, DeleteBucketCommand, DeleteObjectsCommand, HeadBucketCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, type BucketLocationConstraint } from '@aws-sdk/client-s3';
import { zipSync, type Zippable } from 'fflate';
import { codeBucket } from '#lambda/names';
import { asking, type Account } from './account.ts';
import type { CodeFiles, SynthesisedApp } from './synthesised-app.ts';

/** The functions' code, from where Lambda takes it. What was uploaded once is there under the digest that CDK gave it. */
export interface CodeBucket {
  name: string;
  upload(code: SynthesisedApp['code'], say: (detail: string) => void): Promise<void>;
  exists(): Promise<boolean>;
  /** With all that is in it. Where there is none, nothing is to be done. */
  remove(): Promise<void>;
}

export function openCodeBucket({ id, region, clients }: Account, stack: string): CodeBucket {
  const client = new S3Client(clients);
  const name = codeBucket({ stack, account: id, region });
  // Its name can be guessed: where a stranger has made it first, S3 refuses.
  const own = { Bucket: name, ExpectedBucketOwner: id };
  const ask = <T>(call: () => Promise<T>): Promise<T> => asking(clients, call);

  const has = (Key: string): Promise<boolean> => isThere(client.send(new HeadObjectCommand({ ...own, Key })));
  const empty = async (): Promise<void> => {
    for (;;) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command(own));
      if (Contents.length === 0) return;
      await client.send(new DeleteObjectsCommand({ ...own, Delete: { Objects: Contents.map(({ Key = '' }) => ({ Key })), Quiet: true } }));
    }
  };

  return {
    name,
    upload: (code, say) =>
      ask(async () => {
        await create(client, { name, region });
        for (const [key, files] of code) {
          if (await has(key)) continue;
          say(Object.keys(files).join(', '));
          await client.send(new PutObjectCommand({ ...own, Key: key, Body: zipOf(files) }));
        }
      }),
    exists: () => ask(() => isThere(client.send(new HeadBucketCommand(own)))),
    remove: async () =>
      void (await ask(() =>
        isThere(empty().then(() => client.send(new DeleteBucketCommand(own)))),
      )),
  };
}

async function create(client: S3Client, { name, region }: { name: string; region: string }): Promise<void> {
  // S3's first region has no name there.
  const where = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } };
  try {
    await client.send(new CreateBucketCommand({ Bucket: name, ...where }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}

async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (['NotFound', 'NoSuchKey', 'NoSuchBucket'].includes((error as Error).name)) return false;
    throw error;
  }
}

/** Lambda runs the files as somebody else, who must be allowed to read them: their modes are in the archive. */
function zipOf(files: CodeFiles): Uint8Array {
  const readable = { os: 3, attrs: (0o100644 << 16) >>> 0, mtime: '1980-01-01T00:00:00Z' };
  const zippable: Zippable = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, [bytes, readable]]));
  return zipSync(zippable);
}
