/** rpcv2Cbor: `POST /service/NAME/operation/NAME`, CBOR both ways. */
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { conversionError, unreadableBody } from '../error-conversion.ts';
import { errorType, nameError } from '../error-model.ts';
import { AwsError } from '../errors.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import type { WireRequest } from '../wire.ts';
import { readUnpackedBody } from './body.ts';
import { CborDouble, decodeCbor, encodeCbor, MalformedCbor } from './cbor.ts';
import {
  readDocument,
  writeStructure,
  type DocumentReader,
  type DocumentWriter,
} from './documents.ts';
import { errorBody, errorHeaders } from './error-body.ts';
import type { Protocol } from './protocol.ts';
import type { Mutable } from './records.ts';

const HEADERS = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };

/** @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
export const RPC_V2_CBOR: Protocol = {
  name: 'rpcv2Cbor',
  async open(model, request, options) {
    const operation = operationOf(model, request);
    return {
      operation,
      async parse() {
        const body = await readUnpackedBody(request, operation.name, options);
        return readCbor(model, operation, body);
      },
    };
  },
  serialize(_, operation, output, requestId) {
    const value = (output ?? {}) as Mutable; // The operation's output is a structure.
    const headers = { ...HEADERS, 'x-amzn-requestid': requestId };
    const hasOutput = operation.output.name !== 'Unit';
    const tree = writeStructure(WRITER, operation.output, value);
    return { status: 200, headers, body: hasOutput ? encodeCbor(tree) : EMPTY_BYTES };
  },
  serializeError(model, error, requestId) {
    const named = nameError(model, error);
    const body = { __type: errorType(model, named), ...errorBody(error, named) };
    return {
      status: error.status,
      headers: {
        ...HEADERS,
        'x-amzn-requestid': requestId,
        ...errorHeaders(model, error, named),
      },
      body: encodeCbor(body),
    };
  },
};

function operationOf(model: ServiceModel, request: WireRequest): OperationModel {
  const name = /\/service\/[^/]+\/operation\/([^/]+)$/.exec(request.path)?.[1];
  const operation = name === undefined ? undefined : model.operation(name);
  if (operation) return operation;
  throw new AwsError({ code: 'UnknownOperationException', message: '', status: 404 });
}

function readCbor(model: ServiceModel, operation: OperationModel, body: Uint8Array): Mutable {
  if (body.byteLength === 0) return {};
  const reader: DocumentReader = {
    blob: (value) => (value instanceof Uint8Array ? value : undefined),
    timestamp: momentOf,
    mismatch: (value, shape) => conversionError(model, value, shape),
  };
  return readDocument(reader, operation.input, decodeBody(body)) as Mutable; // A structure's shape gives an object.
}

function decodeBody(body: Uint8Array): unknown {
  try {
    return decodeCbor(body);
  } catch (error) {
    if (error instanceof MalformedCbor) throw unreadableBody();
    throw error;
  }
}

function momentOf(value: unknown): number | undefined {
  const ms = value instanceof Date ? value.getTime() : Number(value) * 1000;
  const isMoment = value instanceof Date || typeof value === 'number';
  return isMoment && Math.abs(ms) <= 8.64e15 ? ms : undefined;
}

const WRITER: DocumentWriter = {
  blob: (bytes) => bytes,
  timestamp: (ms) => new Date(ms),
  double: (value) => new CborDouble(value),
};
