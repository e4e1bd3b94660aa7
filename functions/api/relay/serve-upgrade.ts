import { portForwardAcceptor, servePortForward } from '../port-forward/port-forward-upgrade.ts';
import { commandAcceptor, serveCommand, type UpgradeRequest } from '../remote-command/command-upgrade.ts';
import { badRequest, StatusError } from '../status.ts';
import type { OpenedRelay } from './opening.ts';
import type { RelayRequest } from './protocol.ts';

/** An upgraded connection of a client onto a session that is open already; a refusal that the client can still be answered with is thrown. */
export async function serveUpgrade(client: UpgradeRequest, request: RelayRequest, { opened, port }: { opened: OpenedRelay; port: () => number }): Promise<void> {
  switch (request.kind) {
    case 'exec':
    case 'attach':
      return serveCommand(commandAcceptor(client), request.options, opened);
    case 'portForward': {
      const accept = portForwardAcceptor(client, port);
      if ('session' in opened) return servePortForward(accept, opened.session);
      throw new StatusError(opened.refusal.code, opened.refusal.reason, opened.refusal.message);
    }
    default:
      throw badRequest(`${request.kind} is not asked for by an upgrade`);
  }
}
