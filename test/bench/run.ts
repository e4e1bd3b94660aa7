import { errorText } from '#api/error-text';
import { apiLoadFigures } from './api-load.ts';
import { fanOutFigures } from './fan-out.ts';
import { type Figure, notMeasured, print } from './figure.ts';
import { functionBundleFigures } from './function-bundle.ts';
import { idleFigures } from './idle.ts';
import { podListFigures } from './pod-lists.ts';
import { podStartFigures } from './pod-start.ts';
import { startUpFigures } from './start-up.ts';
import { unitFigures } from './units.ts';

/**
 * `npm run bench`: medians of several runs on this machine, beside the original in the same run. ZEROPLANE_PEER names the folder in which
 * `test/differential/peer/build.sh FOLDER` has built kube-apiserver and etcd, ZEROPLANE_PEER_NODE one with the parts of a whole node
 * (`test/differential/peer/start-node.ts` names them).
 */
const peerFolder = process.env['ZEROPLANE_PEER'];
const nodeFolder = process.env['ZEROPLANE_PEER_NODE'];
const SECTIONS: Record<string, () => Promise<Figure[]>> = {
  up: startUpFigures,
  pods: () => podStartFigures(nodeFolder),
  api: () => apiLoadFigures(peerFolder),
  lists: () => podListFigures(peerFolder),
  watch: () => fanOutFigures(peerFolder),
  idle: idleFigures,
  functions: functionBundleFigures,
  units: unitFigures,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => SECTIONS[name] === undefined);
if (unknown.length > 0) throw new Error(`no such figures: ${unknown.join(', ')} (there are ${Object.keys(SECTIONS).join(', ')})`);

const figures: Figure[] = [];
for (const [name, measure] of Object.entries(SECTIONS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`measuring: ${name}\n`);
  figures.push(...(await measure().catch((error: unknown) => [notMeasured(name, errorText(error))])));
}
print(figures);
if (peerFolder === undefined) process.stdout.write('\nBeside kube-apiserver: bash test/differential/peer/build.sh FOLDER (Go, about 9 minutes, once), then ZEROPLANE_PEER=FOLDER npm run bench\n');
// The peer's and the clusters' connections are kept alive.
process.exit(0);
