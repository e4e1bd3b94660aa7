/** What has come and is not yet taken: the reading half of a channel. Its bound is kept by who fills it, which looks at `size`. */
export class ByteQueue {
  private readonly chunks: Uint8Array[] = [];
  private readonly onTaken: (bytes: number) => void;
  private waiting: (() => void)[] = [];
  private ended = false;
  private broken: Error | undefined;
  private held = 0;

  constructor(onTaken: (bytes: number) => void = () => undefined) {
    this.onTaken = onTaken;
  }

  get size(): number {
    return this.held;
  }

  push(bytes: Uint8Array): void {
    if (this.ended || this.broken !== undefined || bytes.length === 0) return;
    this.chunks.push(bytes);
    this.held += bytes.length;
    this.tell();
  }

  end(): void {
    this.ended = true;
    this.tell();
  }

  /** What came before is still read. */
  fail(error: Error): void {
    if (!this.ended) this.broken ??= error;
    this.tell();
  }

  /** Nobody reads any more. */
  drop(): void {
    this.chunks.length = 0;
    this.held = 0;
    this.end();
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = this.chunks.shift();
      if (bytes !== undefined) {
        this.held -= bytes.length;
        this.onTaken(bytes.length);
        this.tell();
        return bytes;
      }
      if (this.broken !== undefined) throw this.broken;
      if (this.ended) return undefined;
      await this.change();
    }
  }

  /** Resolves when at most `bytes` wait, or when nobody reads any more. */
  async atMost(bytes: number): Promise<void> {
    while (this.held > bytes && !this.ended && this.broken === undefined) await this.change();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private tell(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
