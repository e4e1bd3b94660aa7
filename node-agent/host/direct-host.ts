import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Host } from './host.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;

/** As root on the machine itself. */
export function directHost(): Host {
  const mountsBelow = async (folder: string): Promise<string[]> => {
    const table = await readFile('/proc/self/mounts', 'utf8');
    const points = table.split('\n').map((line) => unescaped(line.split(' ')[1] ?? ''));
    return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).sort((a, b) => b.length - a.length);
  };
  return {
    kill: async (pid) => {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
    mountTmpfs: async (path, { sizeBytes }) => {
      if ((await mountsBelow(path)).includes(path)) return;
      await run('mount', ['-t', 'tmpfs', '-o', ['mode=0777', ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`])].join(','), 'tmpfs', path], { timeout: TIMEOUT_MS });
    },
    unmount: async (path) => {
      if (!(await mountsBelow(path)).includes(path)) return;
      await run('umount', ['-l', path], { timeout: TIMEOUT_MS });
    },
    mountsBelow,
  };
}

/** The kernel writes blanks and the like as octal. */
function unescaped(path: string): string {
  return path.replace(/\\(\d{3})/g, (_all, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
