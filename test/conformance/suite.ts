import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** One `[Conformance]` test of the suite as it ended; `failure` is what it said, in one line. */
export interface Outcome {
  name: string;
  passed: boolean;
  durationMs: number;
  failure?: string;
}

export interface SuiteOptions {
  /** Folder with `bin/ginkgo` and `bin/e2e.test`. */
  build: string;
  kubeconfig: string;
  /** Where the log and the report go. */
  output: string;
  focus: string;
  skip?: string | undefined;
  /** Tests marked Serial, Slow or Disruptive want the cluster for themselves: either these, one at a time, or all others. */
  serial: boolean;
  processes: number;
  timeoutMinutes: number;
}

/** The part of ginkgo's JSON report that is read here (onsi.github.io/ginkgo, "Generating machine-readable reports"). Durations are nanoseconds. */
const Report = z.array(
  z.object({
    SpecReports: z.array(
      z.object({
        ContainerHierarchyTexts: z.array(z.string()).nullable(),
        LeafNodeType: z.string(),
        LeafNodeText: z.string(),
        State: z.string(),
        RunTime: z.number(),
        Failure: z.object({ Message: z.string().optional() }).optional(),
      }),
    ),
  }),
);

/** Runs the chosen tests and gives how each ended. A suite that ends without a report is an error that names its log. */
export async function runSuite(options: SuiteOptions): Promise<Outcome[]> {
  mkdirSync(options.output, { recursive: true });
  const report = join(options.output, 'report.json');
  rmSync(report, { force: true });
  const code = await runGinkgo(options);
  try {
    return outcomes(readFileSync(report, 'utf8'));
  } catch (cause) {
    throw new Error(`the suite ended with ${code} and left no report: see ${join(options.output, 'e2e.log')}`, { cause });
  }
}

function runGinkgo(options: SuiteOptions): Promise<number | null> {
  const { build, output } = options;
  const log = openSync(join(output, 'e2e.log'), 'w');
  const args = [
    `-procs=${options.serial ? 1 : options.processes}`,
    '--no-color',
    `--timeout=${options.timeoutMinutes}m`,
    `--focus=${options.focus}`,
    ...(options.skip === undefined ? [] : [`--skip=${options.skip}`]),
    `--label-filter=Conformance && ${options.serial ? '' : '!'}(Serial || Slow || Disruptive)`,
    '--json-report=report.json',
    `--output-dir=${output}`,
    join(build, 'bin/e2e.test'),
    '--',
    '--provider=skeleton',
    `--kubeconfig=${options.kubeconfig}`,
    '--allowed-not-ready-nodes=-1',
    '--disable-log-dump',
  ];
  return new Promise<number | null>((done, fail) => {
    const child = spawn(join(build, 'bin/ginkgo'), args, { stdio: ['ignore', log, log] });
    child.on('error', fail);
    child.on('exit', done);
  }).finally(() => closeSync(log));
}

/** Of a report's text. Tests that were not chosen are left out. */
export function outcomes(report: string): Outcome[] {
  return Report.parse(JSON.parse(report))
    .flatMap((suite) => suite.SpecReports)
    .filter((spec) => spec.LeafNodeType === 'It' && spec.LeafNodeText.includes('[Conformance]') && spec.State !== 'skipped' && spec.State !== 'pending')
    .map((spec) => ({
      name: [...(spec.ContainerHierarchyTexts ?? []), spec.LeafNodeText].join(' '),
      passed: spec.State === 'passed',
      durationMs: Math.round(spec.RunTime / 1e6),
      ...(spec.State !== 'passed' && { failure: oneLine(spec.Failure?.Message ?? spec.State) }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 240);
