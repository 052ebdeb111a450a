/** The types of endpoint of a name of users' own, and where each of them leads. */
import type { DomainName } from '#aws/models/apigateway.types.gen.ts';
import { isObject } from '#kernel/json.ts';
import type { ApiGatewayDependencies } from './dependencies.ts';
import { badRequest } from './errors.ts';
import { newId } from './ids.ts';
import { omit, type Place } from './model.ts';
import { place, text, type PatchField } from './patch/index.ts';

type Document = Readonly<Record<string, unknown>>;

const PATH = '/endpointConfiguration';

/**
 * What patches change of them. A name has both types for a while: one is added, and the other removed; or one becomes
 * the other, by its number or its name.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-migrate.html
 */
export const ENDPOINT_FIELDS: readonly PatchField[] = [
  place(`${PATH}/types`, ['add', 'remove', 'replace'], (document, { op, value }) => {
    const others = typesOf(document).filter((one) => one !== value);
    if (op === 'remove') return withTypes(document, others);
    return withTypes(document, op === 'add' ? [...others, value] : [value]);
  }),
  place(`${PATH}/types/{}`, ['replace'], (document, { path, keys: [key = ''], value }) => {
    const now = typesOf(document);
    const index = now.includes(key) ? now.indexOf(key) : Number(key);
    if (now[index] === undefined) throw badRequest(`Invalid patch path ${path}`);
    return withTypes(document, now.with(index, value));
  }),
  text(`${PATH}/ipAddressType`),
];

function typesOf({ endpointConfiguration: given }: Document): readonly (string | undefined)[] {
  const types: unknown = isObject(given) ? given['types'] : undefined;
  return Array.isArray(types) ? types.map(String) : [];
}

/** @throws AwsError BadRequestException where no type is left, or one of them is or was private */
function withTypes(document: Document, types: readonly (string | undefined)[]): Document {
  const all = [...typesOf(document), ...types];
  if (types.length === 0 || !all.every((type) => type === 'EDGE' || type === 'REGIONAL')) {
    throw badRequest('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE');
  }
  const { endpointConfiguration: given } = document;
  const now = isObject(given) ? given : {};
  return { ...document, endpointConfiguration: { ...now, types: [...new Set(types)] } };
}

/**
 * The name with where each type leads that it has, and without where one led that it has no more. A private one is
 * found by the endpoints of those who may use it, and leads nowhere by itself.
 */
export function withTargets(
  { random, clock }: ApiGatewayDependencies,
  { region }: Place,
  name: DomainName,
): DomainName {
  const types = name.endpointConfiguration?.types ?? [];
  const target = (): string => `d-${newId(random, 10)}`;
  const regional: Partial<DomainName> = types.includes('REGIONAL')
    ? {
        regionalDomainName:
          name.regionalDomainName ?? `${target()}.execute-api.${region}.amazonaws.com`,
        regionalHostedZoneId: 'Z1UJRXOUMOOFQ8',
      }
    : {};
  const atEdge: Partial<DomainName> = types.includes('EDGE')
    ? {
        distributionDomainName: name.distributionDomainName ?? `${target()}.cloudfront.net`,
        distributionHostedZoneId: 'Z2FDTNDATAQYW2',
      }
    : {};
  const certified: Partial<DomainName> = types.some((type) => type !== 'REGIONAL')
    ? { certificateUploadDate: name.certificateUploadDate ?? clock.now() }
    : {};
  const rest = omit(
    name,
    'regionalDomainName',
    'regionalHostedZoneId',
    'distributionDomainName',
    'distributionHostedZoneId',
    'certificateUploadDate',
  );
  return { ...rest, ...regional, ...atEdge, ...certified };
}
