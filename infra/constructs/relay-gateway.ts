import { Aws } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { allow } from './grants.ts';

const STAGE = 'live';

/**
 * Where agents and clients meet for logs, exec and port-forward: a WebSocket API, opened for a session and paid by its minutes. Each connection, piece and
 * end is an invocation of the relay function, which refuses connections without a session's ticket, and posts to the connections of this API alone.
 */
export class RelayGateway extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { relay }: { relay: IFunction }) {
    super(scope, id);
    const route = { integration: new WebSocketLambdaIntegration('Relay', relay) };
    const api = new WebSocketApi(this, 'Api', { connectRouteOptions: route, disconnectRouteOptions: route, defaultRouteOptions: route });
    new WebSocketStage(this, 'Stage', { webSocketApi: api, stageName: STAGE, autoDeploy: true });
    this.url = `${api.apiEndpoint}/${STAGE}`;
    const connections = (verb: string): string => `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${api.apiId}/${STAGE}/${verb}/@connections/*`;
    allow(relay, ['execute-api:ManageConnections'], [connections('POST'), connections('DELETE')]);
  }
}
