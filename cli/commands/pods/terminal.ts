import type { StreamOptions, TerminalSize } from '#client/exec';

export interface Terminal {
  streams: Pick<StreamOptions, 'stdin' | 'stdout' | 'stderr' | 'tty' | 'resize'>;
  /** Gives the person's terminal back as it was. */
  restore(): void;
}

/** This program's own streams for a process in a container; a terminal only where both ends are one. */
export function terminalStreams({ stdin, tty }: { stdin: boolean; tty: boolean }): Terminal {
  const isTerminal = tty && process.stdin.isTTY === true;
  if (tty && !isTerminal) process.stderr.write('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  if (isTerminal && stdin) process.stdin.setRawMode(true);
  return {
    streams: {
      tty: isTerminal,
      stdout: (bytes) => write(process.stdout, bytes),
      stderr: (bytes) => write(process.stderr, bytes),
      ...(stdin ? { stdin: process.stdin } : {}),
      ...(isTerminal ? { resize: sizes(process.stdout) } : {}),
    },
    restore: () => {
      if (isTerminal && stdin) process.stdin.setRawMode(false);
    },
  };
}

function write(out: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => out.write(bytes, () => resolve()));
}

async function* sizes(out: NodeJS.WriteStream): AsyncGenerator<TerminalSize> {
  for (;;) {
    yield { width: out.columns, height: out.rows };
    await new Promise<void>((resolve) => out.once('resize', () => resolve()));
  }
}
