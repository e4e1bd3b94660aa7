import type { Upgrade } from '#api/connection/upgrade';
import type { BodySource } from '#server/protocol/body';
import type { SendLong } from '#server/protocol/stream-answer';

export type FetchHandler = (request: Request, env: { body: BodySource; sendLong?: SendLong; upgrade?: Upgrade }) => Response | Promise<Response>;
