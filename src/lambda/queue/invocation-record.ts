/** The envelopes in which an ended event reaches its destination. Pure. */
import { textOf, utf8 } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import { parseArn } from '#kernel/arn.ts';
import { KIB } from '#kernel/units.ts';

import type { QueuedEvent } from '../store-queue.ts';
import { LATEST, qualifiedArn } from '../model/address.ts';
import type { Decision } from './decide.ts';

export type End = Decision & { readonly kind: 'end' };

/**
 * The record of an invocation, as SQS, SNS and Lambda get it. Payloads stay byte for byte what they were.
 * @see recording `lambda_destinations: TestLambdaDestinationSqs::test_lambda_destination_default_retries`
 */
function invocationRecord(
  event: QueuedEvent,
  end: End,
  { nowMs, hasPayloads }: { readonly nowMs: number; readonly hasPayloads: boolean },
): string {
  const { response } = end;
  const requestContext = {
    requestId: event.id,
    functionArn: functionArnOf(event),
    condition: end.condition,
    approximateInvokeCount: end.invokeCount,
  };
  const members = [
    `"version":"1.0"`,
    `"timestamp":${JSON.stringify(new Date(nowMs).toISOString())}`,
    `"requestContext":${JSON.stringify(requestContext)}`,
  ];
  if (hasPayloads) members.push(`"requestPayload":${jsonOf(textOf(event.payload))}`);
  if (response !== undefined) {
    const { executedVersion, functionError } = response;
    const context = { statusCode: 200, executedVersion, functionError };
    members.push(`"responseContext":${JSON.stringify(context)}`);
    if (hasPayloads) members.push(`"responsePayload":${jsonOf(response.payload)}`);
  }
  return `{${members.join(',')}}`;
}

/** The text where it is JSON, else the text as a JSON string. */
function jsonOf(text: string): string {
  return parseJson(text) === undefined ? JSON.stringify(text) : text;
}

/** Always qualified. */
export function functionArnOf(event: QueuedEvent): string {
  return qualifiedArn({ ...event.address, qualifier: event.address.qualifier ?? LATEST });
}

export interface EventStamp {
  readonly id: string;
  readonly nowMs: number;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_OnFailure.html */
const TOPIC_RECORD_BYTES_MAX = 256 * KIB;

/** What is too large for a destination. */
export const TOO_LARGE = 'too-large';

/**
 * What a destination is given: the record itself, or for an event bus the record as an event's detail. A topic's
 * record that is too large tells of a failure without the payloads, and of a success not at all.
 * @see recording `lambda_destinations: TestLambdaDestinationEventbridge::test_invoke_lambda_eventbridge`
 */
export function destinationPayload(
  event: QueuedEvent,
  end: End,
  targetArn: string,
  stamp: EventStamp,
): Uint8Array | typeof TOO_LARGE {
  const { nowMs } = stamp;
  const record = invocationRecord(event, end, { nowMs, hasPayloads: true });
  const service = parseArn(targetArn)?.service;
  if (service === 'sns' && Buffer.byteLength(record) > TOPIC_RECORD_BYTES_MAX) {
    if (end.condition === 'Success') return TOO_LARGE;
    return utf8(invocationRecord(event, end, { nowMs, hasPayloads: false }));
  }
  if (service !== 'events') return utf8(record);
  const result = end.condition === 'Success' ? 'Success' : 'Failure';
  const envelope = JSON.stringify({
    version: '0',
    id: stamp.id,
    'detail-type': `Lambda Function Invocation Result - ${result}`,
    source: 'lambda',
    account: event.address.accountId,
    time: new Date(stamp.nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: event.address.region,
    resources: [targetArn, functionArnOf(event)],
  });
  return utf8(`${envelope.slice(0, -1)},"detail":${record}}`);
}

/**
 * The object that an S3 destination gets its record as.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function destinationObjectKey(event: QueuedEvent, stamp: EventStamp): string {
  const iso = new Date(stamp.nowMs).toISOString();
  const day = iso.slice(0, 10);
  const time = iso.slice(11, 19).replaceAll(':', '.');
  const { functionName } = event.address;
  return `aws/lambda/async/${functionName}/${day.replaceAll('-', '/')}/${day}T${time}-${stamp.id}`;
}

/** Characters of an error's message that a dead letter carries. */
const ERROR_MESSAGE_LENGTH_MAX = 1024;

/**
 * The attributes of a dead letter, whose body is the event itself.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
 */
export function deadLetterAttributes(event: QueuedEvent, end: End) {
  const error = parseJson(end.response?.payload ?? '') as { errorMessage?: unknown } | undefined;
  const message = error?.errorMessage;
  const text = typeof message === 'string' ? message : end.condition;
  return {
    RequestID: { type: 'String', value: event.id },
    ErrorCode: { type: 'Number', value: '200' },
    ErrorMessage: { type: 'String', value: text.slice(0, ERROR_MESSAGE_LENGTH_MAX) },
  };
}
