/** restXml as S3 speaks it: members in path, query, headers and an XML body; errors without a wrapper. */
import { EMPTY_BYTES, textOf, utf8 } from '#kernel/bytes.ts';
import { nameError } from '../error-model.ts';
import { AwsError } from '../errors.ts';
import type { Member, OperationModel, ServiceModel } from '../model.ts';
import type { WireResponse } from '../wire.ts';
import { readBody } from './body.ts';
import type { Protocol } from './protocol.ts';
import type { Mutable } from './records.ts';
import { readRequest } from './rest-request.ts';
import { writeResponse, type RestWriter } from './rest-response.ts';
import { matchRoute } from './rest-router.ts';
import { scalarText } from './texts.ts';
import { attributesOf, element, escapeXml, writeMembers, type XmlStyle } from './xml-writer.ts';
import { MalformedXml, parseXml, readElement } from './xml-reader.ts';

const CONTENT_TYPE = 'application/xml';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const STYLE: XmlStyle = { isQuery: false, hasMilliseconds: true };

/** @see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
export const REST_XML: Protocol = {
  name: 'restXml',
  async open(model, request, options) {
    const match = matchRoute(model, request);
    if (!match) throw methodNotAllowed(request.method);
    const { operation } = match;
    const reader = {
      badText,
      document: (_: unknown, member: Member | undefined, body: Uint8Array) =>
        readXml(operation, member, body),
      body: () => readBody(request, operation.name, options),
    };
    return { operation, parse: () => readRequest(reader, match, request) };
  },
  serialize(model, operation, output, requestId) {
    const value = (output ?? {}) as Mutable; // The operation's output is a structure.
    return writeResponse(writerOf(model), model, operation, { value, requestId });
  },
  serializeError,
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
function methodNotAllowed(method: string): AwsError {
  return new AwsError({
    code: 'MethodNotAllowed',
    message: 'The specified method is not allowed against this resource.',
    status: 405,
    fields: { Method: method, ResourceType: 'SERVICE' },
  });
}

function badText(member: Member, text: string): AwsError {
  const { kind } = member.shape;
  const isNumber = kind === 'integer' || kind === 'long';
  return new AwsError({
    code: 'InvalidArgument',
    message: isNumber
      ? `Provided ${member.wireName} not an integer or within integer range`
      : `Invalid ${member.wireName}`,
    status: 400,
    fields: { ArgumentName: member.wireName, ArgumentValue: text },
  });
}

function readXml(operation: OperationModel, member: Member | undefined, body: Uint8Array): Mutable {
  const shape = member?.shape.kind === 'structure' ? member.shape : operation.input;
  if (body.byteLength === 0 || shape.bodyMembers.size === 0) return {};
  try {
    const root = parseXml(textOf(body));
    const rootName = member?.wireName ?? operation.inputRoot ?? root.name;
    if (root.name !== rootName) throw new MalformedXml(`${root.name} is not ${rootName}`);
    return readElement(shape, root);
  } catch (error) {
    if (!(error instanceof MalformedXml)) throw error;
    throw new AwsError({
      code: 'MalformedXML',
      message:
        'The XML you provided was not well-formed or did not validate against our published schema',
      status: 400,
    });
  }
}

function writerOf(model: ServiceModel): RestWriter {
  const namespace = model.xmlNamespace ? ` xmlns="${model.xmlNamespace}"` : '';
  return {
    contentType: CONTENT_TYPE,
    eventDocument: {
      contentType: 'text/xml',
      write: (shape, value) => utf8(element(shape.name, writeMembers(STYLE, shape, value))),
    },
    requestIds,
    document: (operation, member, value) =>
      utf8(DECLARATION + documentOf(operation, member, value, namespace)),
    emptyDocument: () => EMPTY_BYTES,
  };
}

function documentOf(
  operation: OperationModel,
  member: Member | undefined,
  value: Mutable,
  namespace: string,
): string {
  const shape = member?.shape.kind === 'structure' ? member.shape : operation.output;
  const root = member?.wireName ?? shape.xmlName ?? shape.name;
  if (shape.isUnwrapped) {
    const [only] = shape.members;
    return element(root, escapeXml(scalarText((only && value[only.name]) ?? '')), namespace);
  }
  return element(root, writeMembers(STYLE, shape, value), namespace + attributesOf(shape, value));
}

/** S3 answers two ids; the second, of its host, is here one more form of the first. */
function requestIds(requestId: string): Record<string, string> {
  return { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) };
}

/** The second id, which S3's events tell too. */
export function hostId(requestId: string): string {
  return Buffer.from(`hearth${requestId}`.padEnd(56, requestId)).toString('base64').slice(0, 76);
}

function serializeError(model: ServiceModel, error: AwsError, requestId: string): WireResponse {
  const { code } = nameError(model, error);
  let content = element('Code', escapeXml(code)) + element('Message', escapeXml(error.message));
  for (const [name, value] of Object.entries(error.fields)) {
    content += element(name, escapeXml(scalarText(value)));
  }
  content += element('RequestId', escapeXml(requestId)) + element('HostId', hostId(requestId));
  const headers = { 'content-type': CONTENT_TYPE, ...requestIds(requestId), ...error.headers };
  const hasBody = error.status !== 304;
  const body = hasBody ? utf8(DECLARATION + element('Error', content)) : EMPTY_BYTES;
  return { status: error.status, headers, body };
}
