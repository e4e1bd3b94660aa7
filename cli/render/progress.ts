/**
 * Steps of a long piece of work, for people: on a terminal the current line is redrawn with what is waited for and for how long;
 * in a pipe each step is one plain line when it is done, so that logs stay readable.
 */
export interface Progress {
  step<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
  say(line: string): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REDRAW_MS = 100;

export function createProgress(out: NodeJS.WriteStream): Progress {
  const color = out.isTTY && !process.env['NO_COLOR'];
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);

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
        out.write(`\r\u001b[K${paint(36, FRAMES[frame++ % FRAMES.length] ?? '')} ${title}${wait ? paint(2, ` (${wait})`) : ''}`);
      };
      const timer = out.isTTY ? setInterval(draw, REDRAW_MS) : undefined;
      if (out.isTTY) draw();
      const finish = (mark: string, note: string) => {
        clearInterval(timer);
        out.write(`${out.isTTY ? '\r\u001b[K' : ''}${mark} ${title}${note ? paint(2, `  ${note}`) : ''}\n`);
      };
      try {
        const result = await work((text) => {
          detail = text;
        });
        finish(paint(32, '✓'), `${((Date.now() - startedMs) / 1000).toFixed(1)}s`);
        return result;
      } catch (error) {
        finish(paint(31, '✗'), detail);
        throw error;
      }
    },
  };
}
