/** What is made, patched and deleted by operations of one form: parts of REST APIs, and what stands beside them. */
import type { Existing } from '../model.ts';
import { toText } from '../text.ts';
import { allPatches, escaped, listPatches, namedPatches, type PatchesOf } from './patches.ts';
import { answered, changeTags, gone, nameBy } from './shared.ts';
import { words, type ResourceType, type Values, type Work } from './resource-type.ts';
import { foundByAge, foundWithin, type Listing } from './unclaimed.ts';

export const SERVICE = 'apigateway';

/** Changes what there is to what the template says now. */
export async function patch(
  work: Work,
  before: Pick<Existing, 'properties'>,
  [operation, target]: readonly [string, Values],
  patchesOf: PatchesOf,
): Promise<void> {
  const patchOperations = patchesOf(before.properties, work.properties);
  if (patchOperations.length > 0)
    await work.call(SERVICE, operation, { ...target, patchOperations });
}

/** How tags are changed. @param path `restapis/ID` */
export function tagsOf({ region }: Work, path: string) {
  const target = { resourceArn: `arn:aws:apigateway:${region}::/${path}` };
  return { service: SERVICE, target, tagsMember: 'tags', keysMember: 'tagKeys' };
}

/** A part of a REST API, or what stands beside them. */
interface Part {
  /** `Authorizer`: of the operations' names. */
  readonly name: string;
  /** Of the answer: `id`. */
  readonly idMember: string;
  /** How the operations on it name it: `authorizerId`. */
  readonly target: string;
  readonly attribute?: string;
  readonly properties: readonly string[];
  readonly required?: readonly string[];
  readonly replacing: readonly string[];
  readonly patches: PatchesOf;
  /** Where in the ARNs of what has tags it stands: `apikeys`. */
  readonly tagged?: string;
  readonly unclaimed?: NonNullable<ResourceType['unclaimed']>;
}

const nameOf = nameBy('Name');

/** A type of one form. */
export function part({ name, idMember, target, attribute, patches, tagged, ...names }: Part) {
  const addressOf = ({ properties }: Pick<Existing, 'properties'>, id: string): Values => ({
    restApiId: properties['RestApiId'],
    [target]: id,
  });
  const type: ResourceType = {
    ...names,
    // Models have names, which another API may have, too.
    within: ['RestApiId'],
    ...(tagged === undefined ? {} : { tags: 'list' }),
    async create(work) {
      const input = { ...work.properties, name: nameOf(work) };
      const answer = await work.call(SERVICE, `Create${name}`, input);
      const id = answered(answer, idMember);
      return { physicalId: id, attributes: attribute === undefined ? {} : { [attribute]: id } };
    },
    async update(work, before) {
      const { physicalId } = before;
      await patch(work, before, [`Update${name}`, addressOf(work, physicalId)], patches);
      if (tagged !== undefined) {
        await changeTags(work, before, tagsOf(work, `${tagged}/${physicalId}`));
      }
      return { physicalId };
    },
    delete: (work, existing) =>
      gone(work.call(SERVICE, `Delete${name}`, addressOf(existing, existing.physicalId))),
  };
  return type;
}

/** @param operation by which parts of an API are listed: `GetAuthorizers` */
export function listing(operation: string, is: Listing['is']): Listing {
  return {
    service: SERVICE,
    operation,
    items: 'items',
    id: 'id',
    next: ['position', 'position'],
    inputOf: ({ properties: { RestApiId: restApiId } }) => ({ restApiId }),
    is,
  };
}

const API_KEY = part({
  name: 'ApiKey',
  idMember: 'id',
  target: 'apiKey',
  attribute: 'APIKeyId',
  properties: words('CustomerId Description Enabled GenerateDistinctId Name StageKeys Tags Value'),
  replacing: words('GenerateDistinctId Name StageKeys Value'),
  patches: namedPatches('CustomerId', 'Description', 'Enabled'),
  tagged: 'apikeys',
});

const isNamed: Listing['is'] = ({ name }, work) => name === nameOf(work);

export const REST_API_PART_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGateway::ApiKey': foundByAge(listing('GetApiKeys', isNamed), 'createdDate', API_KEY),
  'AWS::ApiGateway::Authorizer': part({
    name: 'Authorizer',
    idMember: 'id',
    target: 'authorizerId',
    attribute: 'AuthorizerId',
    properties:
      words(`AuthType AuthorizerCredentials AuthorizerResultTtlInSeconds AuthorizerUri IdentitySource
      IdentityValidationExpression Name ProviderARNs RestApiId Type`),
    required: words('Name RestApiId Type'),
    replacing: ['RestApiId'],
    unclaimed: foundWithin('RestApiId', listing('GetAuthorizers', isNamed)),
    patches: allPatches(
      namedPatches(
        'AuthType',
        'AuthorizerCredentials',
        'AuthorizerUri',
        'IdentitySource',
        'IdentityValidationExpression',
        'Name',
        'Type',
      ),
      (before, after) => {
        const { AuthorizerResultTtlInSeconds: old = 300 } = before;
        const { AuthorizerResultTtlInSeconds: now = 300 } = after;
        const path = '/authorizerResultTtlInSeconds';
        return old === now ? [] : [{ op: 'replace', path, value: toText(now) }];
      },
      listPatches('ProviderARNs', (arn) => ({ path: `/providerARNs/${escaped(arn)}` })),
    ),
  }),
  'AWS::ApiGateway::Model': part({
    name: 'Model',
    idMember: 'name',
    target: 'modelName',
    properties: words('ContentType Description Name RestApiId Schema'),
    required: ['RestApiId'],
    replacing: words('ContentType Name RestApiId'),
    unclaimed: foundWithin('RestApiId', nameOf),
    patches: namedPatches('Description', 'Schema'),
  }),
  'AWS::ApiGateway::RequestValidator': part({
    name: 'RequestValidator',
    idMember: 'id',
    target: 'requestValidatorId',
    attribute: 'RequestValidatorId',
    properties: words('Name RestApiId ValidateRequestBody ValidateRequestParameters'),
    required: ['RestApiId'],
    replacing: words('Name RestApiId'),
    patches: namedPatches('ValidateRequestBody', 'ValidateRequestParameters'),
  }),
};
