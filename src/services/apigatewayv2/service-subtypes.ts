/** Integrations that call an operation of a service. Pure. */

/** What an integration subtype calls. */
export interface ServiceSubtype {
  /** The service's key among the models, and the operation. */
  readonly service: string;
  readonly operation: string;
  /** Parameters of the integration that are objects or lists, as JSON. */
  readonly json: ReadonlySet<string>;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html */
const SUBTYPES: ReadonlyMap<string, ServiceSubtype> = new Map([
  ['EventBridge-PutEvents', subtype('events', 'PutEvents')],
  ['SQS-SendMessage', subtype('sqs', 'SendMessage', ['MessageAttributes'])],
  ['SQS-ReceiveMessage', subtype('sqs', 'ReceiveMessage', ['AttributeNames'])],
  ['SQS-DeleteMessage', subtype('sqs', 'DeleteMessage')],
  ['SQS-PurgeQueue', subtype('sqs', 'PurgeQueue')],
  ['Kinesis-PutRecord', subtype('kinesis', 'PutRecord')],
]);

function subtype(service: string, operation: string, json: readonly string[] = []): ServiceSubtype {
  return { service, operation, json: new Set(json) };
}

/** True for a subtype that Hearth can call. */
export function isServiceSubtype(name: string): boolean {
  return SUBTYPES.has(name);
}
