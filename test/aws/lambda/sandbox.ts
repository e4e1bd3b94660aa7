import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { boundToParent } from '../../support/bound-process.ts';
import { billedMs, processTime, type ProcessTime } from './process-time.ts';
import { readPrelude, type ResponseHead } from './prelude.ts';

/** Where the answer of a function goes as it comes. */
export interface ResponseSink {
  head(head: ResponseHead): void;
  chunk(bytes: Buffer): void;
}

export interface SandboxOptions {
  /** The Node that it runs on. */
  program: string;
  handler: string;
  /** The unpacked bundle. */
  codeFolder: string;
  timeoutSeconds: number;
  /** Everything that the process sees. */
  environment: Record<string, string>;
  memoryMb: number;
  log(line: string): void;
  /** For each invocation; the first brings the start with it. */
  billed(ms: number): void;
}

/** A function ended with an error of its own, or not at all. */
export class FunctionError extends Error {
  override name = 'FunctionError';
}

interface Invocation {
  id: string;
  event: string;
  traceHeader: string;
  sink: ResponseSink | undefined;
  settle(result: { payload: unknown } | { error: Error }): void;
  timer: NodeJS.Timeout;
  begun?: ProcessTime;
}

const RUNTIME = join(import.meta.dirname, 'runtime.mjs');

/**
 * One execution environment: a process of its own that asks our Runtime API for one event at a time, stands still (SIGSTOP) between
 * events, and ends for good when it crashes or takes too long.
 */
export class Sandbox {
  private readonly options: SandboxOptions;
  private readonly api: Server;
  private child: ChildProcess | undefined;
  private waiting: ServerResponse | undefined;
  private current: Invocation | undefined;
  private startFailure: string | undefined;
  private startedMs = 0;
  private initMs = 0;
  ended = false;

  constructor(options: SandboxOptions) {
    this.options = options;
    this.api = createServer((incoming, outgoing) => {
      this.serve(incoming, outgoing).catch((error: unknown) => this.end(`its Runtime API: ${String(error)}`));
    });
    this.api.requestTimeout = 0;
    this.api.keepAliveTimeout = 0;
  }

  /** The payload of an ordinary answer; of a streamed one nothing, it has gone to the sink. */
  async invoke(event: unknown, { traceHeader, sink }: { traceHeader: string; sink?: ResponseSink | undefined }): Promise<unknown> {
    if (this.ended || this.current) throw new Error('this environment is not free');
    const result = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => this.end(`Task timed out after ${this.options.timeoutSeconds} seconds`), this.options.timeoutSeconds * 1000);
      const settle: Invocation['settle'] = (outcome) => {
        clearTimeout(timer);
        this.bill();
        this.current = undefined;
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.payload);
      };
      this.current = { id: randomUUID(), event: JSON.stringify(event), traceHeader, sink, settle, timer };
    });
    if (this.child === undefined) await this.start();
    this.deliver();
    return result;
  }

  end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.child?.kill('SIGKILL');
    this.api.close();
    this.api.closeAllConnections();
    this.current?.settle({ error: new FunctionError(this.startFailure ?? reason) });
  }

  private async start(): Promise<void> {
    await new Promise<void>((resolve) => this.api.listen(0, '127.0.0.1', resolve));
    const { port } = this.api.address() as AddressInfo;
    const env = { ...this.options.environment, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`, LAMBDA_TASK_ROOT: this.options.codeFolder, _HANDLER: this.options.handler };
    const child = spawn(...boundToParent(this.options.program, [RUNTIME]), { env, cwd: this.options.codeFolder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.startedMs = performance.now();
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => this.options.log(text.trimEnd()));
    child.once('exit', (code, signal) => {
      this.end(`Runtime exited with ${signal ?? `status ${code}`}`);
    });
  }

  // The process asks, an event comes: whichever is second delivers.
  private deliver(): void {
    if (!this.waiting || !this.current || this.ended) return;
    const { id, event, traceHeader } = this.current;
    const deadlineMs = Date.now() + this.options.timeoutSeconds * 1000;
    this.current.begun = processTime(this.child?.pid ?? 0);
    this.child?.kill('SIGCONT');
    this.waiting.writeHead(200, { 'content-type': 'application/json', 'lambda-runtime-aws-request-id': id, 'lambda-runtime-deadline-ms': String(deadlineMs), 'lambda-runtime-trace-id': traceHeader }).end(event);
    this.waiting = undefined;
  }

  private bill(): void {
    const { begun } = this.current ?? {};
    if (begun === undefined) return;
    this.options.billed(this.initMs + billedMs(begun, processTime(this.child?.pid ?? 0), this.options.memoryMb));
    this.initMs = 0;
  }

  /** While it starts, Lambda gives it a whole processor. */
  private started(): number {
    const { atMs, waitedMs } = processTime(this.child?.pid ?? 0);
    const tookMs = atMs - this.startedMs - waitedMs;
    this.startedMs = 0;
    return tookMs;
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url?.replace('/2018-06-01/runtime', '') ?? '';
    if (path === '/invocation/next') {
      this.waiting = outgoing;
      if (this.startedMs > 0) this.initMs = this.started();
      if (this.current) return this.deliver();
      this.child?.kill('SIGSTOP'); // nothing that was left running goes on between events
      return;
    }
    const invocation = this.current;
    if (path === `/invocation/${invocation?.id}/response` && invocation) {
      const payload: unknown = incoming.headers['lambda-runtime-function-response-mode'] === 'streaming' ? await stream(incoming, invocation.sink) : JSON.parse(await text(incoming));
      invocation.settle({ payload });
    } else if (path === '/init/error' || path === `/invocation/${invocation?.id}/error`) {
      const { errorType, errorMessage } = JSON.parse(await text(incoming)) as { errorType: string; errorMessage: string };
      this.startFailure = path === '/init/error' ? `${errorType}: ${errorMessage}` : undefined;
      if (this.startFailure === undefined) invocation?.settle({ error: new FunctionError(`${errorType}: ${errorMessage}`) });
    }
    outgoing.writeHead(202).end('{}');
  }
}

async function stream(incoming: IncomingMessage, sink: ResponseSink | undefined): Promise<undefined> {
  const isHttp = incoming.headers['content-type'] === 'application/vnd.awslambda.http-integration-response';
  const prelude = readPrelude();
  if (!isHttp) sink?.head({ statusCode: 200, headers: { 'content-type': 'application/octet-stream' }, cookies: [] });
  for await (const chunk of incoming) {
    const { head, rest } = isHttp ? prelude(chunk as Buffer) : { head: undefined, rest: chunk as Buffer };
    if (head) sink?.head(head);
    if (rest.length > 0) sink?.chunk(rest);
  }
  return undefined;
}

async function text(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
