import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { environment, program } from './kubectl.ts';

const TIMEOUT_MS = 90_000;

/** Runs the real Helm 4 against the cluster of KUBECONFIG and gives what it printed; anything but exit code 0 is an error that shows it. */
export async function helm(args: string[], { namespace }: { namespace?: string } = {}): Promise<string> {
  const options = { env: environment(undefined), timeout: TIMEOUT_MS };
  const { stdout } = await promisify(execFile)(program('helm'), namespace === undefined ? args : [...args, '--namespace', namespace], options);
  return stdout;
}

/** A chart of these templates, in a folder of its own. */
export function writeChart(folder: string, { name, templates }: { name: string; templates: Record<string, string> }): string {
  const chart = join(folder, name);
  const files = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`, ...Object.fromEntries(Object.entries(templates).map(([file, text]) => [join('templates', file), text])) };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(chart, file)), { recursive: true });
    writeFileSync(join(chart, file), text);
  }
  return chart;
}
