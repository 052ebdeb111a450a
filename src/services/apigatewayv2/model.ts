/** HTTP APIs and what belongs to them: what is kept, and under which names. */
import type {
  Api,
  ApiMapping,
  Authorizer,
  Cors,
  Deployment,
  DomainName,
  Integration,
  IntegrationResponse,
  Model,
  Route,
  RouteResponse,
  Stage,
  VpcLink,
} from '#aws/models/apigatewayv2.types.gen.ts';
import { formatArn } from '#kernel/arn.ts';

/** Where something lives. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** An API, and whose it is. Its endpoint is made where it is told, for hosts may change. */
export interface OwnedApi extends Place {
  readonly apiId: string;
  readonly api: Api;
}

/** What a stage serves: the API as it was when it was deployed. Never changed. */
export interface Snapshot {
  readonly routes: readonly Route[];
  readonly integrations: readonly Integration[];
  readonly authorizers: readonly Authorizer[];
  readonly cors?: Cors;
  /** Of WebSocket APIs alone. */
  readonly sockets?: SocketSnapshot;
}

export interface SocketSnapshot {
  readonly selection: string;
  /** Where clients show an API key. */
  readonly keySelection: string;
  readonly routeResponses: readonly KeptRouteResponse[];
  readonly integrationResponses: readonly KeptIntegrationResponse[];
}

export interface KeptRouteResponse {
  readonly parentId: string;
  readonly response: RouteResponse;
}

export interface KeptIntegrationResponse {
  readonly parentId: string;
  readonly response: IntegrationResponse;
}

export interface KeptDeployment {
  readonly deployment: Deployment;
  readonly snapshot: Snapshot;
}

/** Whatever belongs to an API, a domain or an account, by its kind. */
export interface Parts {
  readonly route: Route;
  readonly integration: Integration;
  readonly 'route-response': KeptRouteResponse;
  readonly 'integration-response': KeptIntegrationResponse;
  readonly stage: Stage;
  readonly deployment: KeptDeployment;
  readonly authorizer: Authorizer;
  readonly model: Model;
  readonly 'domain-name': DomainName;
  readonly 'api-mapping': ApiMapping;
  readonly 'vpc-link': VpcLink;
}

export type PartKind = keyof Parts;

export type Tags = Readonly<Record<string, string>>;

export const DEFAULT_STAGE = '$default';
export const DEFAULT_ROUTE = '$default';

/** `arn:aws:apigateway:REGION::/apis/ID`: no account stands in ARNs of the control plane. */
export function controlArn(region: string, path: string): string {
  return formatArn('apigateway', region, '', path);
}

/** `arn:aws:execute-api:REGION:ACCOUNT:ID/STAGE/METHOD/path`, of a request. */
export function executeArn(
  { region, accountId, apiId }: Place & Pick<OwnedApi, 'apiId'>,
  rest: string,
): string {
  return formatArn('execute-api', region, accountId, `${apiId}/${rest}`);
}
