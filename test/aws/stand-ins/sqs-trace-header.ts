import { parametersOf, type Call } from '../endpoint/call.ts';

interface Received {
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, { StringValue: string }>;
}

const NAME = 'AWSTraceHeader';

/** SQS keeps the trace header of a request with its message. fauxqs keeps only what the sender calls an attribute. */
export function withTraceHeader(call: Call): string {
  const traceHeader = call.headers['x-amzn-trace-id'];
  if (call.operation !== 'SendMessage' || traceHeader === undefined) return call.body.toString();
  return JSON.stringify({ ...parametersOf(call), MessageAttributes: { [NAME]: { DataType: 'String', StringValue: traceHeader } } });
}

/** And gives it to who asks for all that SQS knows of a message. */
export function withoutTraceHeader(call: Call, answer: string): string {
  if (call.operation !== 'ReceiveMessage') return answer;
  const { Messages, ...rest } = JSON.parse(answer) as { Messages?: Received[] };
  const { AttributeNames = [] } = parametersOf<{ AttributeNames?: string[] }>(call);
  const told = Messages?.map(({ MessageAttributes, Attributes, ...message }) => {
    const traceHeader = MessageAttributes?.[NAME]?.StringValue;
    return { ...message, Attributes: traceHeader !== undefined && AttributeNames.includes('All') ? { ...Attributes, [NAME]: traceHeader } : Attributes };
  });
  return JSON.stringify({ ...rest, Messages: told });
}
