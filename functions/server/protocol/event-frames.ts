import { parseJson } from '#api/codec/json';
import { encodeProtobufEvent } from '#api/codec/protobuf';
import type { WatchEvent } from '#store/object-store';

/** Watch events as lines of JSON, each written once however many watchers are sent it. */
export interface EventFrames {
  /** `object`: the JSON of the object as this watcher's version has it. */
  frame(type: WatchEvent['type'], object: Uint8Array): Uint8Array;
}

export function createEventFrames(): EventFrames {
  // By the bytes, which the store makes once for each revision of an object: when they are collected, so are the frames.
  const written = new WeakMap<Uint8Array, Map<string, Uint8Array>>();
  return {
    frame: (type, object) => {
      const known = written.get(object)?.get(type);
      if (known !== undefined) return known;
      const line = frameOf(type, object);
      const lines = written.get(object) ?? new Map<string, Uint8Array>();
      lines.set(type, line);
      written.set(object, lines);
      return line;
    },
  };
}

const encoder = new TextEncoder();
const END = encoder.encode('}\n');

export function frameOf(type: string, object: Uint8Array): Uint8Array {
  const start = encoder.encode(`{"type":"${type}","object":`);
  const line = new Uint8Array(start.length + object.length + END.length);
  line.set(start, 0);
  line.set(object, start.length);
  line.set(END, start.length + object.length);
  return line;
}

/** For who takes protobuf alone: the event's message behind its length in four bytes, the highest first. */
export function protobufFrameOf(type: string, object: Uint8Array): Uint8Array {
  const event = encodeProtobufEvent(type, parseJson(object) as object);
  const frame = new Uint8Array(4 + event.length);
  new DataView(frame.buffer).setUint32(0, event.length);
  frame.set(event, 4);
  return frame;
}
