/** An output whose member is a stream of events. */
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { AwsError } from '../errors.ts';
import { nameError } from '../error-model.ts';
import type { Member, OperationModel, ServiceModel, StructureShape } from '../model.ts';
import type { WireResponse } from '../wire.ts';
import { errorBody } from './error-body.ts';
import { encodeMessage, EVENT_STREAM_TYPE } from './event-stream.ts';
import { writeJson } from './json.ts';
import type { Mutable } from './records.ts';

/** Writes an event's members where they are not its raw payload. */
export interface EventDocument {
  readonly contentType: string;
  write(shape: StructureShape, value: Readonly<Mutable>): Uint8Array;
}

const JSON_DOCUMENT: EventDocument = { contentType: 'application/json', write: writeJson };

export interface EventStreamParts {
  readonly model: ServiceModel;
  readonly member: Member;
  readonly value: Readonly<Mutable>;
  readonly requestId: string;
  /** The other members, where the protocol sends them as the first message. */
  readonly initial?: Uint8Array;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly document?: EventDocument;
}

const streams = new WeakMap<OperationModel, Member | null>();

/** The output's member that is an event stream, if it has one. */
export function outputStreamOf(operation: OperationModel): Member | undefined {
  let member = streams.get(operation);
  if (member === undefined) {
    member =
      operation.output.members.find(
        ({ shape }) => shape.kind === 'structure' && shape.isEventStream,
      ) ?? null;
    streams.set(operation, member);
  }
  return member ?? undefined;
}

/** Streams the events as they come; an AwsError that the stream throws becomes its last message. */
export function eventStreamResponse(parts: EventStreamParts): WireResponse {
  return {
    status: parts.status ?? 200,
    headers: {
      'content-type': EVENT_STREAM_TYPE,
      'x-amzn-requestid': parts.requestId,
      ...parts.headers,
    },
    body: frames(parts),
  };
}

async function* frames(parts: EventStreamParts): AsyncGenerator<Uint8Array> {
  const { model, member, value, initial, document = JSON_DOCUMENT } = parts;
  if (initial) yield eventFrame('initial-response', document.contentType, initial);
  const events = value[member.name] as AsyncIterable<Mutable> | undefined; // The output's type says so.
  const { shape } = member;
  if (!events || shape.kind !== 'structure') return;
  try {
    for await (const event of events) {
      const frame = encodeEvent(shape, event, document);
      if (frame) yield frame;
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    yield exceptionFrame(model, error);
  }
}

function encodeEvent(
  shape: StructureShape,
  event: Readonly<Mutable>,
  document: EventDocument,
): Uint8Array | undefined {
  const member = shape.members.find(({ name }) => event[name] !== undefined);
  if (member?.shape.kind !== 'structure') return undefined;
  const value = event[member.name] as Mutable; // An event is a structure.
  const payload = member.shape.members.find(({ isEventPayload }) => isEventPayload);
  if (!payload) {
    return eventFrame(member.name, document.contentType, document.write(member.shape, value));
  }
  const content = value[payload.name];
  if (payload.shape.kind === 'structure') {
    const bytes = document.write(payload.shape, content as Mutable); // Its shape says so.
    return eventFrame(member.name, document.contentType, bytes);
  }
  const bytes = typeof content === 'string' ? utf8(content) : (content as Uint8Array | undefined); // A blob.
  return eventFrame(member.name, 'application/octet-stream', bytes ?? EMPTY_BYTES);
}

function eventFrame(eventType: string, contentType: string, payload: Uint8Array): Uint8Array {
  const headers = {
    ':event-type': eventType,
    ':content-type': contentType,
    ':message-type': 'event',
  };
  return encodeMessage({ headers, payload });
}

function exceptionFrame(model: ServiceModel, error: AwsError): Uint8Array {
  const named = nameError(model, error);
  const headers = {
    ':exception-type': named.name,
    ':content-type': 'application/json',
    ':message-type': 'exception',
  };
  return encodeMessage({ headers, payload: utf8(JSON.stringify(errorBody(error, named))) });
}
