import { randomInt, randomUUID } from 'node:crypto';
import { NAME_ALPHABET, type Ids } from '#ports/ids';

export const systemIds: Ids = {
  uuid: () => randomUUID(),
  suffix: (length) => Array.from({ length }, () => NAME_ALPHABET[randomInt(NAME_ALPHABET.length)]).join(''),
  integer: (below) => randomInt(below),
};
