/** awsQuery: the operation in `Action`, parameters with dots in a form, XML back. */
import { textOf, utf8 } from '#kernel/bytes.ts';
import { nameError } from '../error-model.ts';
import { AwsError } from '../errors.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { readUnpackedBody } from './body.ts';
import type { OpenOptions, Protocol } from './protocol.ts';
import {
  MalformedQuery,
  parameterTree,
  readParameters,
  type ParameterNode,
} from './query-parameters.ts';
import type { Mutable } from './records.ts';
import { scalarText } from './texts.ts';
import { element, escapeXml, writeMembers, type XmlStyle } from './xml-writer.ts';

const STYLE: XmlStyle = { isQuery: true, hasMilliseconds: false };

/** @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const AWS_QUERY: Protocol = {
  name: 'awsQuery',
  async open(model, request, options) {
    const parameters = await readForm(request, options);
    const operation = operationOf(model, parameters);
    return {
      operation,
      parse: async () => readInput(operation, parameters),
    };
  },
  serialize(model, operation, output, requestId) {
    const { output: shape, name, resultWrapper } = operation;
    const content = writeMembers(STYLE, shape, (output ?? {}) as Mutable); // The output is a structure.
    const result = shape.name === 'Unit' ? '' : element(resultWrapper, content);
    const metadata = element('ResponseMetadata', element('RequestId', escapeXml(requestId)));
    const xml = element(`${name}Response`, result + metadata, namespaceOf(model));
    return respond(200, xml, requestId);
  },
  serializeError,
};

/** Parameters of the query and, over them, of the form in the body. */
async function readForm(request: WireRequest, options?: OpenOptions): Promise<URLSearchParams> {
  const body = await readUnpackedBody(request, request.query.get('Action') ?? 'Query', options);
  if (body.byteLength === 0) return request.query;
  const form = new URLSearchParams(textOf(body));
  for (const [name, value] of request.query) if (!form.has(name)) form.append(name, value);
  return form;
}

function operationOf(model: ServiceModel, parameters: URLSearchParams): OperationModel {
  const action = parameters.get('Action');
  if (action === null || action === '') {
    throw new AwsError({ code: 'MissingAction', message: 'Missing Action', status: 400 });
  }
  const operation = model.operation(action);
  if (operation) return operation;
  const version = parameters.get('Version') ?? 'NO_VERSION_SPECIFIED';
  throw new AwsError({
    code: 'InvalidAction',
    message: `Could not find operation ${action} for version ${version}`,
    status: 400,
  });
}

function readInput(operation: OperationModel, parameters: URLSearchParams): Mutable {
  try {
    const tree: ParameterNode = parameterTree(parameters);
    return readParameters(operation.input, tree);
  } catch (error) {
    if (!(error instanceof MalformedQuery)) throw error;
    throw new AwsError({ code: 'MalformedInput', message: error.message, status: 400 });
  }
}

const namespaceOf = (model: ServiceModel): string =>
  model.xmlNamespace ? ` xmlns="${model.xmlNamespace}"` : '';

/** References to characters that XML 1.0 does not have: no client of this protocol can read them. */
const UNREADABLE = /&#x(?:[0-8BCEF]|1[\dA-F]|FFF[EF]);/g;

function respond(status: number, xml: string, requestId: string): WireResponse {
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
  const readable = xml.includes('&#x') ? xml.replaceAll(UNREADABLE, '\uFFFD') : xml;
  return { status, headers, body: utf8(readable) };
}

function serializeError(model: ServiceModel, error: AwsError, requestId: string): WireResponse {
  const { code } = nameError(model, error);
  let content =
    element('Type', error.fault === 'server' ? 'Receiver' : 'Sender') +
    element('Code', escapeXml(code)) +
    (error.message === '' ? '' : element('Message', escapeXml(error.message)));
  for (const [name, value] of Object.entries(error.fields)) {
    content += element(name, escapeXml(scalarText(value)));
  }
  if (model.hasErrorDetail && !error.omitsDetail) content += element('Detail', '');
  const id = element('RequestId', escapeXml(requestId));
  const xml = element('ErrorResponse', element('Error', content) + id, namespaceOf(model));
  const response = respond(error.status, xml, requestId);
  return { ...response, headers: { ...response.headers, ...error.headers } };
}
