/** APIs that are made with a target: one route, one integration and a stage, which API Gateway manages. */
import { shortId } from '#aws/execute-api/index.ts';
import type {
  CreateApiRequest,
  Integration,
  Route,
  Stage,
  UpdateApiRequest,
} from '#aws/models/apigatewayv2.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Transaction } from '#ports/world/database.ts';
import { checkRouteKey } from './check-route.ts';
import { autoDeploy } from './deploy.ts';
import type { Apigatewayv2Dependencies } from './dependencies.ts';
import { badRequest } from './errors.ts';
import { partsOf } from './find-parts.ts';
import { integrationOf } from './integration.ts';
import { DEFAULT_ROUTE, DEFAULT_STAGE, type OwnedApi } from './model.ts';
import { listParts, savePart } from './store.ts';

const ID_LENGTH = 7;

/** True where an input asks for more than the API. */
export function isQuickCreate({ Target }: CreateApiRequest): boolean {
  return Target !== undefined;
}

/** Makes the route, the integration and the stage, and deploys. */
export async function quickCreate(
  dependencies: Apigatewayv2Dependencies,
  tx: Transaction,
  owned: OwnedApi,
  { Target: target = '', RouteKey = DEFAULT_ROUTE, CredentialsArn }: CreateApiRequest,
): Promise<void> {
  const { random, clock } = dependencies;
  checkRouteKey(RouteKey);
  const IntegrationId = shortId(random, ID_LENGTH);
  const integration: Integration = {
    ...integrationOf(owned.api, {
      ...targetOf(target),
      ...(CredentialsArn === undefined ? {} : { CredentialsArn }),
    }),
    ApiGatewayManaged: true,
    IntegrationId,
  };
  const route: Route = {
    ApiGatewayManaged: true,
    ApiKeyRequired: false,
    AuthorizationType: 'NONE',
    RouteId: shortId(random, ID_LENGTH),
    RouteKey,
    Target: `integrations/${IntegrationId}`,
  };
  const stage: Stage = {
    ApiGatewayManaged: true,
    AutoDeploy: true,
    CreatedDate: clock.now(),
    DefaultRouteSettings: { DetailedMetricsEnabled: false },
    LastUpdatedDate: clock.now(),
    RouteSettings: {},
    StageName: DEFAULT_STAGE,
    StageVariables: {},
    Tags: {},
  };
  const owner = partsOf(owned);
  await savePart(tx, owner, { kind: 'integration', id: IntegrationId, body: integration });
  await savePart(tx, owner, { kind: 'route', id: route.RouteId ?? '', body: route });
  await savePart(tx, owner, { kind: 'stage', id: DEFAULT_STAGE, body: stage });
  await autoDeploy(dependencies, tx, owned);
}

/**
 * Changes the managed route and integration where an input says so.
 * @throws AwsError BadRequestException where there are none
 */
export async function updateQuickCreated(
  tx: Transaction,
  owned: OwnedApi,
  { RouteKey, Target, CredentialsArn }: UpdateApiRequest,
): Promise<void> {
  if (RouteKey === undefined && Target === undefined && CredentialsArn === undefined) return;
  const owner = partsOf(owned);
  const route = (await listParts(tx, owner, 'route')).find(isManaged);
  const integration = (await listParts(tx, owner, 'integration')).find(isManaged);
  if (route === undefined || integration === undefined) {
    throw badRequest('RouteKey, Target and CredentialsArn are for APIs that were quick-created.');
  }
  if (RouteKey !== undefined) {
    checkRouteKey(RouteKey);
    await savePart(tx, owner, {
      kind: 'route',
      id: route.RouteId ?? '',
      body: { ...route, RouteKey },
    });
  }
  const role = CredentialsArn ?? integration.CredentialsArn;
  const body = {
    ...integration,
    ...(Target === undefined ? {} : integrationOf(owned.api, targetOf(Target))),
    ...(role === undefined ? {} : { CredentialsArn: role }),
  };
  await savePart(tx, owner, { kind: 'integration', id: integration.IntegrationId ?? '', body });
}

function isManaged({ ApiGatewayManaged }: Route | Integration): boolean {
  return ApiGatewayManaged === true;
}

function targetOf(target: string) {
  const isFunction = parseArn(target) !== undefined;
  return isFunction
    ? { IntegrationType: 'AWS_PROXY', IntegrationUri: target, PayloadFormatVersion: '2.0' }
    : {
        IntegrationType: 'HTTP_PROXY',
        IntegrationUri: target,
        IntegrationMethod: 'ANY',
        PayloadFormatVersion: '1.0',
      };
}
