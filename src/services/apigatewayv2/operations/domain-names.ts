import { shortId } from '#aws/execute-api/index.ts';
import type {
  CreateDomainNameRequest,
  DomainName,
  DomainNameConfiguration,
  Operations,
} from '#aws/models/apigatewayv2.types.gen.ts';
import { checkTags } from '../check-settings.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest, conflict } from '../errors.ts';
import { accountParts, partNotFound, requirePart } from '../find-parts.ts';
import { controlArn, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { deletePart, deleteParts, findPart, listParts, savePart } from '../store.ts';

const TARGET_ID_LENGTH = 10;
/** Of regional endpoints in us-east-1. */
const HOSTED_ZONE_ID = 'Z1UJRXOUMOOFQ8';
const NAME = /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** Keeps a name of the account's own, which mappings lead from to stages. */
export function createDomainName(
  dependencies: Apigatewayv2Dependencies,
): Operations['CreateDomainName'] {
  const { database, domainNames } = dependencies;
  return async (context, input) => {
    const { DomainName: name, Tags = {} } = input;
    if (!NAME.test(name) || name.length > 512) throw badRequest('Invalid domain name specified');
    checkTags(Tags);
    const body = domainOf(dependencies, context, input);
    const owned = { name, accountId: context.accountId };
    if (!domainNames.claim(owned)) throw nameExists();
    try {
      await database.transact(async (tx) => {
        if ((await findPart(tx, accountParts(context), 'domain-name', name)) !== undefined) {
          throw nameExists();
        }
        await savePart(tx, accountParts(context), { kind: 'domain-name', id: name, body });
      });
    } catch (error) {
      domainNames.release(owned);
      throw error;
    }
    return body;
  };
}

function nameExists(): Error {
  return conflict('The domain name you provided already exists.');
}

function domainOf(
  dependencies: Apigatewayv2Dependencies,
  { region }: Place,
  input: CreateDomainNameRequest,
): DomainName {
  const { DomainName: name, DomainNameConfigurations = [], Tags = {} } = input;
  const { MutualTlsAuthentication, RoutingMode = 'API_MAPPING_ONLY' } = input;
  return {
    ApiMappingSelectionExpression: '$request.basepath',
    DomainName: name,
    DomainNameArn: controlArn(region, `/domainnames/${name}`),
    DomainNameConfigurations: DomainNameConfigurations.map(served(dependencies, region)),
    ...(MutualTlsAuthentication === undefined ? {} : { MutualTlsAuthentication }),
    RoutingMode,
    Tags,
  };
}

/** A configuration that is available at once. */
function served({ random }: Apigatewayv2Dependencies, region: string) {
  return (given: DomainNameConfiguration): DomainNameConfiguration => ({
    EndpointType: 'REGIONAL',
    IpAddressType: 'ipv4',
    SecurityPolicy: 'TLS_1_2',
    ApiGatewayDomainName: `d-${shortId(random, TARGET_ID_LENGTH)}.execute-api.${region}.amazonaws.com`,
    HostedZoneId: HOSTED_ZONE_ID,
    ...given,
    DomainNameStatus: 'AVAILABLE',
  });
}

/** Tells of one name. */
export function getDomainName({ database }: Apigatewayv2Dependencies): Operations['GetDomainName'] {
  return async (context, { DomainName: name }) =>
    database.read((queries) => requirePart(queries, accountParts(context), 'domain-name', name));
}

/** Lists the account's names in the Region, a page at a time. */
export function getDomainNames({
  database,
}: Apigatewayv2Dependencies): Operations['GetDomainNames'] {
  return async (context, input) =>
    pageOf(
      await database.read((queries) => listParts(queries, accountParts(context), 'domain-name')),
      input,
    );
}

/** Changes what is given; where a name leads stays. */
export function updateDomainName(
  dependencies: Apigatewayv2Dependencies,
): Operations['UpdateDomainName'] {
  return async (context, { DomainName: name, DomainNameConfigurations, ...changes }) =>
    dependencies.database.transact(async (tx) => {
      const owner = accountParts(context);
      const known = await requirePart(tx, owner, 'domain-name', name);
      const [before] = known.DomainNameConfigurations ?? [];
      const body: DomainName = {
        ...known,
        ...changes,
        ...(DomainNameConfigurations && {
          DomainNameConfigurations: DomainNameConfigurations.map((given) =>
            served(dependencies, context.region)({ ...before, ...given }),
          ),
        }),
      };
      await savePart(tx, owner, { kind: 'domain-name', id: name, body });
      return body;
    });
}

/** Deletes a name with its mappings. */
export function deleteDomainName({
  database,
  domainNames,
}: Apigatewayv2Dependencies): Operations['DeleteDomainName'] {
  return async (context, { DomainName: name }) => {
    await database.transact(async (tx) => {
      const owner = accountParts(context);
      if (!(await deletePart(tx, owner, 'domain-name', name))) {
        throw partNotFound('domain-name', name);
      }
      await deleteParts(tx, { ...owner, owner: name });
    });
    domainNames.release({ name, accountId: context.accountId });
    return {};
  };
}
