import type { ApiServer } from '#test/support/api-server';
import { openWatch } from '#test/support/watch-lines';
import { warningText } from './peer/client.ts';
import type { Walked, WatchEvent } from './walk.ts';

/** Our server in this process, to be asked as the real one is. */
export function ourServer(api: ApiServer): Walked {
  return {
    send: async (method, path, body, mediaType = 'application/json') => {
      const { status, json, headers } = await api.request(method, path, body === undefined ? { headers: { accept: mediaType } } : { body, headers: { 'content-type': mediaType } });
      return { code: status, body: json, warnings: warningsOf(headers) };
    },
    watch: async (path) => {
      const watch = await openWatch(api, path);
      return async (isLast) => {
        const events: WatchEvent[] = [];
        do events.push(await watch.next());
        while (!events.slice(-1).some(isLast));
        await watch.close();
        return events;
      };
    },
  };
}

// That nothing serves a kind yet is for our users to know, not for the real one to say.
function warningsOf(headers: Headers): string[] {
  const all = headers.get('warning') ?? '';
  return [...all.matchAll(/299 - "(?:[^"\\]|\\.)*"/g)].map(([header]) => warningText(header)).filter((text) => !text.includes('no controller'));
}
