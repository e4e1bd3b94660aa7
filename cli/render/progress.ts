import { painter } from './paint.ts';

/**
 * Steps of a long piece of work, for people: on a terminal the current line is redrawn with what is waited for and for how long;
 * in a pipe each step is one plain line when it is done, so that logs stay readable.
 */
export interface Progress {
  step<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  say(line: string): void;
}

export interface ProgressStyle {
  /** Only while it lasts: nothing stays on the terminal, and a pipe sees nothing. */
  transient?: boolean;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REDRAW_MS = 100;
const FALLBACK_COLUMNS = 100;

export function createProgress(out: NodeJS.WriteStream, { transient = false }: ProgressStyle = {}): Progress {
  const paint = painter(out);

  return {
    say(line) {
      out.write(`${line}\n`);
    },
    async step(title, work) {
      const startedMs = Date.now();
      let detail = '';
      let frame = 0;
      const draw = () => {
        const seconds = Math.floor((Date.now() - startedMs) / 1000);
        const wait = [detail, seconds > 0 ? `${seconds}s` : ''].filter(Boolean).join(', ');
        // A line that wraps cannot be redrawn.
        const room = Math.max(10, (out.columns || FALLBACK_COLUMNS) - title.length - 6);
        out.write(`\r\u001b[K${paint('cyan', FRAMES[frame++ % FRAMES.length] ?? '')} ${title}${wait ? paint('dim', ` (${wait.length > room ? `${wait.slice(0, room - 1)}…` : wait})`) : ''}`);
      };
      const interrupt = () => {
        out.write('\n');
        process.exit(130);
      };
      const timer = out.isTTY ? setInterval(draw, REDRAW_MS) : undefined;
      // Whoever handles an interruption of the whole command does so alone.
      const alone = process.listenerCount('SIGINT') === 0;
      if (out.isTTY) draw();
      if (out.isTTY && alone) process.on('SIGINT', interrupt);
      const finish = (mark: string, note: string) => {
        clearInterval(timer);
        process.off('SIGINT', interrupt);
        if (out.isTTY) out.write('\r\u001b[K');
        if (!transient) out.write(`${mark} ${title}${note ? paint('dim', `  ${note}`) : ''}\n`);
      };
      try {
        const result = await work((text) => {
          detail = text;
        });
        finish(paint('green', '✓'), `${((Date.now() - startedMs) / 1000).toFixed(1)}s`);
        return result;
      } catch (error) {
        finish(paint('red', '✗'), detail);
        throw error;
      }
    },
  };
}
