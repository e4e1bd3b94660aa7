import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { HostCommand } from '../network/host-command.ts';
import type { Host } from './host.ts';

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** As root on the machine itself. */
export function directHost(): Host {
  return {
    run,
    kill: async (pid) => {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
    mountTmpfs: async (path, { sizeBytes, mode = 0o777 }) => {
      if ((await mountsBelow(path)).includes(path)) return false;
      await run('mount', ['-t', 'tmpfs', '-o', [`mode=${mode.toString(8)}`, ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`])].join(','), 'tmpfs', path]);
      return true;
    },
    unmount: async (path) => {
      if ((await mountsBelow(path)).includes(path)) await run('umount', ['-l', path]);
    },
    mountsBelow,
  };
}

const run: HostCommand = (command, args, stdin) =>
  new Promise((resolve, reject) => {
    const child = execFile(command, args, { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(' ')}: ${stderr.trim() === '' ? error.message : stderr.trim()}`, { cause: error }));
    });
    // A program that ends without reading is judged by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin ?? '');
  });

async function mountsBelow(folder: string): Promise<string[]> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  const points = table.split('\n').map((line) => unescaped(line.split(' ')[1] ?? ''));
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).sort((a, b) => b.length - a.length);
}

/** The kernel writes blanks and the like as octal. */
function unescaped(path: string): string {
  return path.replace(/\\(\d{3})/g, (_all, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
