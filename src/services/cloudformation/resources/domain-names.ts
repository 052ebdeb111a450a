/** Names of users' own, in front of REST, HTTP and WebSocket APIs, and where they lead. */
import type { JsonObject } from '#kernel/json.ts';
import { toText } from '../text.ts';
import { allPatches, endpointPatches, namedPatches, structurePatches } from './patches.ts';
import { patch, tagsOf } from './rest-api-parts.ts';
import { answered, changeTags, gone, structuresOf, without } from './shared.ts';
import {
  textOf,
  words,
  type Made,
  type ResourceType,
  type Values,
  type Work,
} from './resource-type.ts';
import { foundByAge, foundWithin, type Listing } from './unclaimed.ts';

const REST = 'apigateway';
const HTTP = 'apigatewayv2';

const DOMAIN_PATCHES = allPatches(
  namedPatches('CertificateArn', 'RegionalCertificateArn', 'SecurityPolicy'),
  structurePatches('MutualTlsAuthentication', '/mutualTlsAuthentication'),
  endpointPatches,
);

const REST_DOMAIN: ResourceType = {
  properties:
    words(`CertificateArn DomainName EndpointAccessMode EndpointConfiguration MutualTlsAuthentication
    OwnershipVerificationCertificateArn RegionalCertificateArn RoutingMode SecurityPolicy Tags`),
  required: ['DomainName'],
  replacing: ['DomainName'],
  tags: 'list',
  async create(work) {
    return restDomainMade(await work.call(REST, 'CreateDomainName', work.properties));
  },
  async update(work, before) {
    const { physicalId: domainName } = before;
    await patch(work, before, ['UpdateDomainName', { domainName }], DOMAIN_PATCHES);
    await changeTags(work, before, tagsOf(work, `domainnames/${domainName}`));
    // Another type of endpoint is reached elsewhere.
    return restDomainMade(await work.call(REST, 'GetDomainName', { domainName }));
  },
  delete: (work, { physicalId: domainName }) =>
    gone(work.call(REST, 'DeleteDomainName', { domainName })),
};

/** Of a name at the edge and of a Regional one each has its own half; the other is empty. */
function restDomainMade(answer: Values): Made {
  return {
    physicalId: answered(answer, 'domainName'),
    attributes: {
      DistributionDomainName: answered(answer, 'distributionDomainName'),
      DistributionHostedZoneId: answered(answer, 'distributionHostedZoneId'),
      DomainNameArn: answered(answer, 'domainNameArn'),
      RegionalDomainName: answered(answer, 'regionalDomainName'),
      RegionalHostedZoneId: answered(answer, 'regionalHostedZoneId'),
    },
  };
}

const MAPPING_PATCHES = namedPatches('RestApiId', 'Stage');

const BASE_PATH_MAPPING: ResourceType = {
  properties: words('BasePath DomainName Id RestApiId Stage'),
  required: ['DomainName'],
  replacing: words('BasePath DomainName'),
  unclaimed: foundWithin('DomainName', mappingId),
  async create(work) {
    await work.call(REST, 'CreateBasePathMapping', work.properties);
    return { physicalId: mappingId(work) };
  },
  async update(work, before) {
    const target = mappingOf(work.properties);
    await patch(work, before, ['UpdateBasePathMapping', target], MAPPING_PATCHES);
    return { physicalId: before.physicalId };
  },
  delete: (work, { properties }) =>
    gone(work.call(REST, 'DeleteBasePathMapping', mappingOf(properties))),
};

function mappingId({ properties }: Work): string {
  const { domainName, basePath } = mappingOf(properties);
  return `${toText(domainName)}|${toText(basePath)}`;
}

/** A mapping of all paths is known as `(none)`. */
function mappingOf(properties: JsonObject): Values {
  const basePath = textOf(properties, 'BasePath') ?? '';
  return { domainName: properties['DomainName'], basePath: basePath === '' ? '(none)' : basePath };
}

const HTTP_DOMAIN: ResourceType = {
  properties: words('DomainName DomainNameConfigurations MutualTlsAuthentication RoutingMode Tags'),
  required: ['DomainName'],
  replacing: ['DomainName'],
  tags: 'map',
  create: async (work) =>
    httpDomainMade(await work.call(HTTP, 'CreateDomainName', work.properties)),
  async update(work, before) {
    const answer = await work.call(HTTP, 'UpdateDomainName', without(work.properties, 'Tags'));
    const ResourceArn = `arn:aws:apigateway:${work.region}::/domainnames/${before.physicalId}`;
    await changeTags(work, before, { service: HTTP, target: { ResourceArn } });
    return httpDomainMade(answer);
  },
  delete: (work, { physicalId: DomainName }) =>
    gone(work.call(HTTP, 'DeleteDomainName', { DomainName })),
};

function httpDomainMade(answer: Values): Made {
  const [served = {}] = structuresOf(answer['DomainNameConfigurations']);
  return {
    physicalId: answered(answer, 'DomainName'),
    attributes: {
      DomainNameArn: answered(answer, 'DomainNameArn'),
      RegionalDomainName: answered(served, 'ApiGatewayDomainName'),
      RegionalHostedZoneId: answered(served, 'HostedZoneId'),
    },
  };
}

const API_MAPPING: ResourceType = {
  properties: words('ApiId ApiMappingKey DomainName Stage'),
  required: words('ApiId DomainName Stage'),
  replacing: ['DomainName'],
  within: ['DomainName'],
  unclaimed: foundWithin('DomainName', {
    service: HTTP,
    operation: 'GetApiMappings',
    items: 'Items',
    id: 'ApiMappingId',
    next: ['NextToken', 'NextToken'],
    inputOf: ({ properties: { DomainName } }) => ({ DomainName }),
    is: ({ ApiMappingKey = '' }, { properties }) =>
      ApiMappingKey === (textOf(properties, 'ApiMappingKey') ?? ''),
  }),
  async create(work) {
    const answer = await work.call(HTTP, 'CreateApiMapping', work.properties);
    const ApiMappingId = answered(answer, 'ApiMappingId');
    return { physicalId: ApiMappingId, attributes: { ApiMappingId } };
  },
  async update(work, { physicalId: ApiMappingId }) {
    const input = { ApiMappingKey: '', ...work.properties, ApiMappingId };
    await work.call(HTTP, 'UpdateApiMapping', input);
    return { physicalId: ApiMappingId };
  },
  delete: (work, { physicalId: ApiMappingId, properties: { DomainName } }) =>
    gone(work.call(HTTP, 'DeleteApiMapping', { DomainName, ApiMappingId })),
};

const HTTP_LINK: ResourceType = {
  properties: words('Name SecurityGroupIds SubnetIds Tags'),
  required: words('Name SubnetIds'),
  replacing: words('SecurityGroupIds SubnetIds'),
  tags: 'map',
  async create(work) {
    const VpcLinkId = answered(
      await work.call(HTTP, 'CreateVpcLink', work.properties),
      'VpcLinkId',
    );
    return { physicalId: VpcLinkId, attributes: { VpcLinkId } };
  },
  async update(work, before) {
    const { physicalId: VpcLinkId } = before;
    await work.call(HTTP, 'UpdateVpcLink', { Name: work.properties['Name'], VpcLinkId });
    const ResourceArn = `arn:aws:apigateway:${work.region}::/vpclinks/${VpcLinkId}`;
    await changeTags(work, before, { service: HTTP, target: { ResourceArn } });
    return { physicalId: VpcLinkId };
  },
  delete: (work, { physicalId: VpcLinkId }) =>
    gone(work.call(HTTP, 'DeleteVpcLink', { VpcLinkId })),
};

const HTTP_LINKS: Listing = {
  service: HTTP,
  operation: 'GetVpcLinks',
  items: 'Items',
  id: 'VpcLinkId',
  next: ['NextToken', 'NextToken'],
  is: ({ Name }, { properties }) => Name === properties['Name'],
};

export const DOMAIN_NAME_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGateway::BasePathMapping': BASE_PATH_MAPPING,
  'AWS::ApiGateway::DomainName': REST_DOMAIN,
  'AWS::ApiGatewayV2::ApiMapping': API_MAPPING,
  'AWS::ApiGatewayV2::DomainName': HTTP_DOMAIN,
  'AWS::ApiGatewayV2::VpcLink': foundByAge(HTTP_LINKS, 'CreatedDate', HTTP_LINK),
};
