import { clientOrigin } from '#aws/proxy/index.ts';
import type { Api } from '#aws/models/apigatewayv2.types.gen.ts';
import type { Apigatewayv2Dependencies } from './dependencies.ts';
import type { OwnedApi } from './model.ts';

/** The API as it is told, with the place at which it is reached. */
export function describeApi(
  { host, endpointUrl }: Pick<Apigatewayv2Dependencies, 'host' | 'endpointUrl'>,
  { api, apiId, region }: OwnedApi,
): Api {
  const origin = clientOrigin(endpointUrl ?? `http://${host()}`);
  return {
    ...api,
    ApiEndpoint: `${origin.protocol}//${apiId}.execute-api.${region}.${origin.host}`,
  };
}
