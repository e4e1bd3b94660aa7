import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { createConnections } from '#adapters/api-gateway/connections';
import { createGatewayEvents } from '#adapters/api-gateway/gateway-events';
import { createRelaySessions } from '#adapters/api-gateway/sessions';
import { createDynamoClient } from '#adapters/dynamodb/client';
import { createDynamoTable } from '#adapters/dynamodb/table';
import { createSqsClient } from '#adapters/sqs/client';
import { createNodeRings } from '#adapters/sqs/node-rings';
import { systemClock } from '#client/clock';
import { systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import { awsService } from './aws-service.ts';
import { readEnvironment } from './environment.ts';
import { once } from './once.ts';

type GatewayEvent = APIGatewayProxyWebsocketEventV2 & { headers?: Record<string, string | undefined> };

// The gateway's address is told by each event, and by nothing in the template.
let endpoint = '';
const opened = once(async () => {
  const environment = readEnvironment('relay');
  const system = { clock: systemClock, ids: systemIds };
  const table = createDynamoTable({ client: createDynamoClient(), tableName: environment.table, ...system });
  const sqs = createSqsClient();
  // Each ring of its own: one that waited to be merged would hold up who asks.
  const rings = () => createNodeRings({ client: sqs, clock: systemClock, queuePrefix: environment.nodeQueuePrefix, siblingUrl: environment.ringQueue });
  return createGatewayEvents({
    sessions: createRelaySessions({ table, installation: environment.cluster, digest: systemDigest, ...system }),
    connections: createConnections(awsService('execute-api', systemClock, endpoint)),
    nodeChannel: { wake: (cluster, node) => rings().wake(cluster, node) },
  });
});

const DONE = { statusCode: 200 };
const REFUSED = { statusCode: 403 };

/** Behind the WebSocket API: one invocation for each connection, piece and end. */
export const handler = async ({ requestContext, headers = {}, body = '' }: GatewayEvent): Promise<APIGatewayProxyResultV2> => {
  const { connectionId, domainName, eventType, stage } = requestContext;
  endpoint = `https://${domainName}/${stage}`;
  const events = await opened();
  switch (eventType) {
    case 'CONNECT': {
      const ticket = /^Bearer (\S+)$/.exec(headers['Authorization'] ?? headers['authorization'] ?? '')?.[1];
      return ticket !== undefined && (await events.connected(connectionId, ticket)) ? DONE : REFUSED;
    }
    case 'MESSAGE':
      await events.came(connectionId, body);
      return DONE;
    case 'DISCONNECT':
      await events.disconnected(connectionId);
      return DONE;
  }
};
