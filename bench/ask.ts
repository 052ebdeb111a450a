/** Calls of the JSON and query protocols, as small as the bench needs them. */
import type { Send } from './client.ts';

interface Protocol {
  /** Of the signature. */
  readonly service: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
}

const JSON_SERVICES = {
  dynamodb: { service: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' },
  events: { service: 'events', target: 'AWSEvents', version: '1.1' },
  kinesis: { service: 'kinesis', target: 'Kinesis_20131202', version: '1.1' },
  logs: { service: 'logs', target: 'Logs_20140328', version: '1.1' },
  sqs: { service: 'sqs', target: 'AmazonSQS', version: '1.0' },
} as const satisfies Record<string, Protocol>;

/** Calls an operation of a JSON service; throws what it refuses. */
export async function ask<Output = unknown>(
  send: Send,
  name: keyof typeof JSON_SERVICES,
  operation: string,
  input: object,
): Promise<Output> {
  const { service, target, version } = JSON_SERVICES[name];
  const { status, body } = await send({
    service,
    method: 'POST',
    path: '/',
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': `${target}.${operation}`,
    },
    body: Buffer.from(JSON.stringify(input)),
  });
  if (status >= 300) throw new Error(`${operation}: ${status}: ${body.toString()}`);
  return (body.length === 0 ? {} : JSON.parse(body.toString())) as Output; // The caller names its shape.
}

/** Calls an operation of SNS; answers its XML. */
export async function askSns(
  send: Send,
  Action: string,
  input: Readonly<Record<string, string>>,
): Promise<string> {
  const { status, body } = await send({
    service: 'sns',
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams({ Action, Version: '2010-03-31', ...input }).toString()),
  });
  if (status >= 300) throw new Error(`${Action}: ${status}: ${body.toString()}`);
  return body.toString();
}

/** Calls an operation of a service that speaks REST and JSON; throws what it refuses. */
export async function askRest<Output = unknown>(
  send: Send,
  service: 'lambda' | 'scheduler',
  request: { readonly method: string; readonly path: string; readonly input?: object },
): Promise<Output> {
  const { method, path, input } = request;
  const { status, body } = await send({
    service,
    method,
    path,
    headers: { 'content-type': 'application/json' },
    ...(input === undefined ? {} : { body: Buffer.from(JSON.stringify(input)) }),
  });
  if (status >= 300) throw new Error(`${method} ${path}: ${status}: ${body.toString()}`);
  return (body.length === 0 ? {} : JSON.parse(body.toString())) as Output; // The caller names its shape.
}
