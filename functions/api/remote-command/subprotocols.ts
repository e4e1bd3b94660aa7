import { decodeBase64, encodeBase64 } from '../codec/base64.ts';

/** A sub-protocol of WebSocket that carries several streams: each message names its channel in front. */
export interface ChannelProtocol {
  name: string;
  /** Text: the channel as a digit, then base64. */
  base64: boolean;
  /** How a command ended comes as a Status; elder ones have but the text of a failure. */
  hasStatus: boolean;
  /** The client can end one channel. */
  hasClose: boolean;
}

/** By preference. The last are what a client without a wish gets. */
const PROTOCOLS: readonly ChannelProtocol[] = [
  { name: 'v5.channel.k8s.io', base64: false, hasStatus: true, hasClose: true },
  { name: 'v4.channel.k8s.io', base64: false, hasStatus: true, hasClose: false },
  { name: 'v4.base64.channel.k8s.io', base64: true, hasStatus: true, hasClose: false },
  { name: 'channel.k8s.io', base64: false, hasStatus: false, hasClose: false },
  { name: 'base64.channel.k8s.io', base64: true, hasStatus: false, hasClose: false },
  { name: '', base64: false, hasStatus: false, hasClose: false },
];

export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** The client's first that is known here; undefined: none is. */
export function negotiateChannels(offered: readonly string[]): ChannelProtocol | undefined {
  const wanted = offered.length === 0 ? [''] : offered;
  for (const name of wanted) {
    const known = PROTOCOLS.find((protocol) => protocol.name === name);
    if (known !== undefined) return known;
  }
  return undefined;
}

export function encodeMessage({ base64 }: Pick<ChannelProtocol, 'base64'>, channel: number, bytes: Uint8Array): Uint8Array | string {
  if (base64) return `${channel}${encodeBase64(bytes)}`;
  const message = new Uint8Array(1 + bytes.length);
  message[0] = channel;
  message.set(bytes, 1);
  return message;
}

/** undefined: not a message of this protocol. */
export function decodeMessage({ base64 }: Pick<ChannelProtocol, 'base64'>, message: Uint8Array | string): { channel: number; bytes: Uint8Array } | undefined {
  if (!base64) return typeof message === 'string' || message[0] === undefined ? undefined : { channel: message[0], bytes: message.subarray(1) };
  const text = typeof message === 'string' ? message : new TextDecoder().decode(message);
  const channel = text.charCodeAt(0) - 0x30;
  try {
    return channel >= 0 && channel <= 9 ? { channel, bytes: decodeBase64(text.slice(1)) } : undefined;
  } catch {
    return undefined;
  }
}
