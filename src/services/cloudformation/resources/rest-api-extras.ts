/** AWS::ApiGateway::*: what an API answers by itself, what is written about it, and what stands for other networks. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '#kernel/json.ts';
import { namedPatches, structureLeaves } from './patches.ts';
import { listing, part, patch, SERVICE, tagsOf } from './rest-api-parts.ts';
import { answered, changeTags, gone } from './shared.ts';
import { textOf, words, type ResourceType, type Work } from './resource-type.ts';
import { toText } from '../text.ts';
import { foundByAge, foundWithin, type Listing } from './unclaimed.ts';

const GATEWAY_RESPONSE: ResourceType = {
  properties: words('ResponseParameters ResponseTemplates ResponseType RestApiId StatusCode'),
  required: words('ResponseType RestApiId'),
  replacing: words('ResponseType RestApiId'),
  async create(work) {
    await putResponse(work);
    const { RestApiId, ResponseType } = work.properties;
    const id = `${toText(RestApiId)}|${toText(ResponseType)}`;
    return { physicalId: id, attributes: { Id: id } };
  },
  async update(work, { physicalId }) {
    await putResponse(work);
    return { physicalId };
  },
  delete: (work, { properties: { RestApiId: restApiId, ResponseType: responseType } }) =>
    gone(work.call(SERVICE, 'DeleteGatewayResponse', { restApiId, responseType })),
};

const putResponse = (work: Work) => work.call(SERVICE, 'PutGatewayResponse', work.properties);

const DOCUMENTATION_VERSION: ResourceType = {
  properties: words('Description DocumentationVersion RestApiId'),
  required: words('DocumentationVersion RestApiId'),
  replacing: words('Description DocumentationVersion RestApiId'),
  within: ['RestApiId'],
  unclaimed: foundWithin('RestApiId', (work) => toText(work.properties['DocumentationVersion'])),
  async create(work) {
    const answer = await work.call(SERVICE, 'CreateDocumentationVersion', work.properties);
    return { physicalId: answered(answer, 'version') };
  },
  delete: (work, { physicalId: documentationVersion, properties: { RestApiId: restApiId } }) =>
    gone(work.call(SERVICE, 'DeleteDocumentationVersion', { restApiId, documentationVersion })),
};

const CLIENT_CERTIFICATE: ResourceType = {
  properties: words('Description Tags'),
  replacing: [],
  tags: 'list',
  async create(work) {
    const answer = await work.call(SERVICE, 'GenerateClientCertificate', work.properties);
    const ClientCertificateId = answered(answer, 'clientCertificateId');
    return { physicalId: ClientCertificateId, attributes: { ClientCertificateId } };
  },
  async update(work, before) {
    const { physicalId: clientCertificateId } = before;
    const change = ['UpdateClientCertificate', { clientCertificateId }] as const;
    await patch(work, before, change, namedPatches('Description'));
    await changeTags(work, before, tagsOf(work, `clientcertificates/${clientCertificateId}`));
    return { physicalId: clientCertificateId };
  },
  delete: (work, { physicalId: clientCertificateId }) =>
    gone(work.call(SERVICE, 'DeleteClientCertificate', { clientCertificateId })),
};

const CERTIFICATES: Listing = {
  ...listing(
    'GetClientCertificates',
    ({ description }, { properties }) => description === textOf(properties, 'Description'),
  ),
  id: 'clientCertificateId',
};

const DOCUMENTATION_PARTS = listing('GetDocumentationParts', ({ location }, { properties }) =>
  isDeepStrictEqual(
    // The answer's members are texts.
    structureLeaves(isObject(location) ? (location as JsonObject) : {}, ''),
    structureLeaves(properties['Location'], ''),
  ),
);

export const REST_API_EXTRA_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGateway::ClientCertificate': foundByAge(CERTIFICATES, 'createdDate', CLIENT_CERTIFICATE),
  'AWS::ApiGateway::DocumentationPart': part({
    name: 'DocumentationPart',
    idMember: 'id',
    target: 'documentationPartId',
    attribute: 'DocumentationPartId',
    properties: words('Location Properties RestApiId'),
    required: words('Location Properties RestApiId'),
    replacing: words('Location RestApiId'),
    unclaimed: foundWithin('RestApiId', DOCUMENTATION_PARTS),
    patches: namedPatches('Properties'),
  }),
  'AWS::ApiGateway::DocumentationVersion': DOCUMENTATION_VERSION,
  'AWS::ApiGateway::GatewayResponse': GATEWAY_RESPONSE,
  'AWS::ApiGateway::VpcLink': part({
    name: 'VpcLink',
    idMember: 'id',
    target: 'vpcLinkId',
    attribute: 'VpcLinkId',
    properties: words('Description Name Tags TargetArns'),
    required: words('Name TargetArns'),
    replacing: ['TargetArns'],
    patches: namedPatches('Description', 'Name'),
    tagged: 'vpclinks',
  }),
};
