import type { MessageSocket } from '#api/connection/message-socket';

/** Two ends between which each message goes its own way, as over API Gateway: `fate` says after how long it arrives, and how often (0: never). */
export function lossyLink(fate: () => { afterMs: number; times: number }): { one: MessageSocket; other: MessageSocket; sizes: number[] } {
  const sizes: number[] = [];
  const ends = [inbox(), inbox()] as const;
  const end = (own: 0 | 1): MessageSocket => ({
    protocol: '',
    receive: () => ends[own].take(),
    send: async (message) => {
      if (typeof message !== 'string') throw new Error('text alone is carried');
      sizes.push(Buffer.byteLength(message));
      const { afterMs, times } = fate();
      for (let i = 0; i < times; i++) setTimeout(() => ends[own === 0 ? 1 : 0].put(message), afterMs);
    },
    close: () => ends.forEach((one) => one.end()),
  });
  return { one: end(0), other: end(1), sizes };
}

interface Inbox {
  put(message: string): void;
  take(): Promise<string | undefined>;
  end(): void;
}

function inbox(): Inbox {
  const held: string[] = [];
  let over = false;
  let tell: () => void = () => undefined;
  return {
    put: (message) => {
      if (!over) held.push(message);
      tell();
    },
    async take() {
      while (held.length === 0 && !over) await new Promise<void>((resolve) => (tell = resolve));
      return held.shift();
    },
    end() {
      over = true;
      tell();
    },
  };
}
