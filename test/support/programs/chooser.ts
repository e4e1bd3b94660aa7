import { chooseRanges } from '#local/addresses';
import { choosePort } from '#local/ports';

// A first `up` up to where it has chosen, for tests of several at once: prints its choice, and ends with its stdin.
const choice = { port: await choosePort(undefined), ...(await chooseRanges(7)) };
process.stdout.write(`${JSON.stringify(choice)}\n`);
process.stdin.resume();
