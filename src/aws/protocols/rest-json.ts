/** restJson1: the operation in method and path, members in path, query, headers and a JSON body. */
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { conversionError } from '../error-conversion.ts';
import { nameError } from '../error-model.ts';
import { AwsError } from '../errors.ts';
import type { Member, ServiceModel } from '../model.ts';
import type { WireResponse } from '../wire.ts';
import { readBody } from './body.ts';
import { errorBody, errorHeaders } from './error-body.ts';
import { readJson, writeJson } from './json.ts';
import type { Protocol } from './protocol.ts';
import type { Mutable } from './records.ts';
import { readRequest } from './rest-request.ts';
import { writeResponse, type RestWriter } from './rest-response.ts';
import { headerSafe, scalarText } from './texts.ts';
import { matchRoute } from './rest-router.ts';

const CONTENT_TYPE = 'application/json';
const EMPTY_OBJECT = utf8('{}');

/** @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export const REST_JSON_1: Protocol = {
  name: 'restJson1',
  open(model, request, options) {
    const match = matchRoute(model, request);
    if (!match) {
      throw new AwsError({ code: 'UnknownOperationException', message: '', status: 404 });
    }
    const { operation } = match;
    const reader = {
      badText: (member: Member, text: string) => conversionError(model, text, member.shape),
      document: (_: unknown, member: Member | undefined, body: Uint8Array) =>
        readJson(model, member?.shape ?? operation.input, body),
      body: () => readBody(request, operation.name, options),
    };
    return { operation, parse: () => readRequest(reader, match, request) };
  },
  serialize(model, operation, output, requestId) {
    const value = (output ?? {}) as Mutable; // The operation's output is a structure.
    return writeResponse(WRITER, model, operation, { value, requestId });
  },
  serializeError,
};

const WRITER: RestWriter = {
  contentType: CONTENT_TYPE,
  eventDocument: { contentType: CONTENT_TYPE, write: writeJson },
  requestIds: (requestId) => ({ 'x-amzn-requestid': requestId }),
  document(operation, member, value) {
    const shape = member?.shape.kind === 'structure' ? member.shape : operation.output;
    return writeJson(shape, value);
  },
  emptyDocument: ({ http, output }) =>
    http.status === 200 && output.members.length === 0 ? EMPTY_OBJECT : EMPTY_BYTES,
};

function serializeError(model: ServiceModel, error: AwsError, requestId: string): WireResponse {
  const named = nameError(model, error);
  const body = errorBody(error, named);
  const headers: Record<string, string> = {
    'content-type': CONTENT_TYPE,
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': named.name,
    ...errorHeaders(model, error, named),
  };
  for (const member of named.model?.shape.members ?? []) {
    const value = body[member.name];
    if (member.location !== 'header' || value === undefined) continue;
    headers[member.headerName] = headerSafe(scalarText(value));
    delete body[member.name];
  }
  return { status: error.status, headers, body: utf8(JSON.stringify(body)) };
}
