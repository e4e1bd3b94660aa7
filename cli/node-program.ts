import { joinCommand } from './commands/local/join.ts';
import { printFailure } from './render/failure.ts';

/** `node zeroplane-node.mjs [node] join ...`: what a machine needs to be a worker, in one file. */
const [, , ...words] = process.argv;
try {
  await joinCommand().parseAsync(words.filter((word, i) => !(i < 2 && (word === 'node' || word === 'join'))), { from: 'user' });
} catch (error) {
  printFailure(error);
  process.exit(1);
}
