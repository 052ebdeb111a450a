/** What REST protocols answer outside the body: status and headers; and the body's choice. */
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { HTTP_STATUS } from '../extras.ts';
import type { Member, OperationModel, ServiceModel } from '../model.ts';
import type { WireResponse } from '../wire.ts';
import {
  eventStreamResponse,
  outputStreamOf,
  type EventDocument,
} from './event-stream-response.ts';
import type { Mutable } from './records.ts';
import { formatText, headerSafe, scalarText } from './texts.ts';

export interface RestWriter {
  /** Of documents, and of texts without a type of their own. */
  readonly contentType: string;
  readonly eventDocument: EventDocument;
  /** `x-amzn-requestid`, or S3's two. */
  requestIds(requestId: string): Record<string, string>;
  /** The body members' document, or the payload structure's. */
  document(operation: OperationModel, member: Member | undefined, value: Mutable): Uint8Array;
  /** What is sent where no member is bound to the body. */
  emptyDocument(operation: OperationModel): Uint8Array;
}

/** The response to a success: its stream, if the output holds one, passes through unread. */
export function writeResponse(
  writer: RestWriter,
  model: ServiceModel,
  operation: OperationModel,
  { value, requestId }: { readonly value: Mutable; readonly requestId: string },
): WireResponse {
  const headers = writer.requestIds(requestId);
  let status = statusOf(value) ?? operation.http.status;
  for (const member of operation.output.members) {
    const item = value[member.name];
    if (item === undefined || item === null) continue;
    if (member.location === 'header')
      headers[member.headerName] = headerSafe(headerText(member, item));
    else if (member.location === 'headers')
      writePrefixed(headers, member.wireName, item as Mutable); // A map.
    else if (member.location === 'statusCode') status = Number(item);
  }
  const stream = outputStreamOf(operation);
  if (stream) {
    const document = writer.eventDocument;
    return eventStreamResponse({
      model,
      member: stream,
      value,
      requestId,
      status,
      headers,
      document,
    });
  }
  const body = writeBody(writer, operation, value, headers);
  return { status, headers, body };
}

/** The status that the operation itself chose. */
function statusOf(value: { readonly [HTTP_STATUS]?: number }): number | undefined {
  return value[HTTP_STATUS];
}

function headerText(member: Member, value: unknown): string {
  if (member.shape.kind !== 'list') return formatText(member, value, 'rfc822');
  const { member: item } = member.shape;
  const texts = (value as readonly unknown[]).map((each) => formatText(item, each, 'rfc822')); // A list.
  return texts.join(',');
}

function writePrefixed(headers: Mutable, prefix: string, values: Readonly<Mutable>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined)
      headers[`${prefix}${name}`.toLowerCase()] = headerSafe(scalarText(value));
  }
}

function writeBody(
  writer: RestWriter,
  operation: OperationModel,
  value: Mutable,
  headers: Record<string, string>,
): WireResponse['body'] {
  const { payload } = operation.output;
  if (payload)
    return writePayload(writer, operation, payload, { value: value[payload.name], headers });
  if (operation.output.bodyMembers.size > 0) {
    headers['content-type'] ??= writer.contentType;
    return writer.document(operation, undefined, value);
  }
  const empty = writer.emptyDocument(operation);
  if (empty.byteLength > 0) headers['content-type'] ??= writer.contentType;
  return empty;
}

function writePayload(
  writer: RestWriter,
  operation: OperationModel,
  payload: Member,
  { value, headers }: { readonly value: unknown; readonly headers: Record<string, string> },
): WireResponse['body'] {
  if (value === undefined || value === null) return EMPTY_BYTES;
  if (payload.shape.kind === 'structure') {
    headers['content-type'] ??= writer.contentType;
    return writer.document(operation, payload, value as Mutable); // Its shape says so.
  }
  if (typeof value === 'string') {
    headers['content-type'] ??= writer.contentType;
    return utf8(value);
  }
  headers['content-type'] ??= payload.isStreaming ? 'application/octet-stream' : writer.contentType;
  return value as WireResponse['body']; // Bytes, or a stream of them, as its shape says.
}
