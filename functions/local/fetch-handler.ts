import type { Upgrade } from '#ports/upgrade';
import type { BodySource } from '#server/protocol/body';

export type FetchHandler = (request: Request, env: { body: BodySource; upgrade?: Upgrade }) => Response | Promise<Response>;
