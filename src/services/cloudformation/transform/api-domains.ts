/** `Domain` of APIs: a name of the user's own, and what leads from it to a stage. Records of Route 53 are left out. */
import type { JsonObject } from '#kernel/json.ts';
import {
  add,
  hashOf,
  invalid,
  listOf,
  objectOf,
  pick,
  present,
  ref,
  type Source,
  type Target,
} from './parts.ts';
import { toText } from '../text.ts';

/** Where REST APIs are reached by names of the user's own. */
export function addRestDomain(target: Target, source: Source, stageId: string): void {
  const domain = domainOf(source);
  if (domain === undefined) return;
  const { DomainName, CertificateArn, EndpointConfiguration: kind = 'REGIONAL' } = domain;
  const isEdge = kind === 'EDGE';
  const domainId = `ApiGatewayDomainName${hashOf(DomainName)}`;
  const { attributes: from } = source;
  add(target, domainId, 'AWS::ApiGateway::DomainName', {
    from,
    properties: {
      DomainName,
      [isEdge ? 'CertificateArn' : 'RegionalCertificateArn']: CertificateArn,
      EndpointConfiguration: { Types: [kind] },
      MutualTlsAuthentication: domain['MutualTlsAuthentication'],
      OwnershipVerificationCertificateArn: domain['OwnershipVerificationCertificateArn'],
      SecurityPolicy: domain['SecurityPolicy'],
    },
  });
  eachPath(source, domain, (path, mappingId) => {
    add(target, mappingId, 'AWS::ApiGateway::BasePathMapping', {
      from,
      properties: {
        DomainName: ref(domainId),
        RestApiId: ref(source.id),
        Stage: ref(stageId),
        BasePath: path,
      },
    });
  });
}

/** Where HTTP APIs are. */
export function addHttpDomain(target: Target, source: Source, stageId: string): void {
  const domain = domainOf(source);
  if (domain === undefined) return;
  const { DomainName, EndpointConfiguration: EndpointType = 'REGIONAL' } = domain;
  const domainId = `ApiGatewayDomainNameV2${hashOf(DomainName)}`;
  const { attributes: from } = source;
  const settings = pick(domain, [
    'CertificateArn',
    'OwnershipVerificationCertificateArn',
    'SecurityPolicy',
  ]);
  add(target, domainId, 'AWS::ApiGatewayV2::DomainName', {
    from,
    properties: {
      DomainName,
      DomainNameConfigurations: [present({ ...settings, EndpointType })],
      MutualTlsAuthentication: domain['MutualTlsAuthentication'],
    },
  });
  eachPath(source, domain, (path, mappingId) => {
    add(target, mappingId, 'AWS::ApiGatewayV2::ApiMapping', {
      from,
      properties: {
        DomainName: ref(domainId),
        ApiId: ref(source.id),
        Stage: ref(stageId),
        ApiMappingKey: path,
      },
    });
  });
}

function domainOf({ id, properties }: Source): JsonObject | undefined {
  if (properties['Domain'] === undefined) return undefined;
  const domain = objectOf(properties['Domain']);
  if (domain['DomainName'] === undefined || domain['CertificateArn'] === undefined) {
    invalid(id, 'Custom Domains only works if both DomainName and CertificateArn are provided.');
  }
  return domain;
}

/** A path without its slashes; all paths where none is named. */
function eachPath(
  { id }: Source,
  { BasePath: given }: JsonObject,
  act: (path: string | undefined, mappingId: string) => void,
): void {
  const paths = listOf(given).map((path) => toText(path).replaceAll(/^\/+|\/+$/g, ''));
  if (paths.length === 0) act(undefined, `${id}BasePathMapping`);
  for (const path of paths) {
    const word = path.replaceAll(/[^A-Za-z0-9]/g, '');
    act(path === '' ? undefined : path, `${id}${word}BasePathMapping`);
  }
}
