/** awsJson 1.0 and 1.1: one path, the operation in `X-Amz-Target`, JSON both ways. */
import { utf8 } from '#kernel/bytes.ts';
import { errorType, nameError } from '../error-model.ts';
import { AwsError } from '../errors.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { readUnpackedBody } from './body.ts';
import { errorBody, errorHeaders } from './error-body.ts';
import { eventStreamResponse, outputStreamOf } from './event-stream-response.ts';
import { readJson, writeJson } from './json.ts';
import type { Call, OpenOptions, Protocol } from './protocol.ts';
import type { Mutable } from './records.ts';

export const AWS_JSON_1_0: Protocol = awsJson('awsJson1_0', 'application/x-amz-json-1.0');
export const AWS_JSON_1_1: Protocol = awsJson('awsJson1_1', 'application/x-amz-json-1.1');

/** @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
function awsJson(name: 'awsJson1_0' | 'awsJson1_1', contentType: string): Protocol {
  const headers = (requestId: string): Record<string, string> => ({
    'content-type': contentType,
    'x-amzn-requestid': requestId,
  });
  return {
    name,
    open: async (model, request, options) => openCall(model, request, options),
    serialize(model, operation, output, requestId): WireResponse {
      const value = (output ?? {}) as Mutable; // The operation's output is a structure.
      const stream = outputStreamOf(operation);
      if (stream) {
        const initial = writeJson(operation.output, { ...value, [stream.name]: undefined });
        return eventStreamResponse({ model, member: stream, value, requestId, initial });
      }
      const body = writeJson(operation.output, value);
      return { status: 200, headers: headers(requestId), body };
    },
    serializeError(model, error, requestId): WireResponse {
      const named = nameError(model, error);
      const body = { __type: errorType(model, named), ...errorBody(error, named) };
      return {
        status: error.status,
        headers: { ...headers(requestId), ...errorHeaders(model, error, named) },
        body: utf8(JSON.stringify(body)),
      };
    },
  };
}

function openCall(model: ServiceModel, request: WireRequest, options?: OpenOptions): Call {
  const operation = targetOf(model, request);
  return {
    operation,
    async parse() {
      const body = await readUnpackedBody(request, operation.name, options);
      return readJson(model, operation.input, body);
    },
  };
}

/** `X-Amz-Target: DynamoDB_20120810.PutItem`; AWS looks at what follows the last dot. */
function targetOf(model: ServiceModel, request: WireRequest): OperationModel {
  const target = request.headers['x-amz-target'] ?? '';
  const operation = model.operation(target.slice(target.lastIndexOf('.') + 1));
  if (operation) return operation;
  throw new AwsError({ code: 'UnknownOperationException', message: '', status: 400 });
}
