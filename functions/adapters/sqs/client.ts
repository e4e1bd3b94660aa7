import { SQSClient } from '@aws-sdk/client-sqs';

const CONNECT_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 5000;

/** A send that is repeated rings twice at worst, so the SDK may repeat it. */
export function createSqsClient(): SQSClient {
  return new SQSClient({ requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true } });
}
