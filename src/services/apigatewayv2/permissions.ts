import { passRole, textOf } from '#aws/access/index.ts';
import { apigatewayv2 as model } from '#aws/models/apigatewayv2.gen.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import { controlArn } from './model.ts';

/**
 * Actions are HTTP's methods, resources are the paths of the API: `apigateway:POST` on
 * `arn:aws:apigateway:REGION::/apis/ID/routes`.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
 */
export const APIGATEWAYV2_PERMISSIONS: Permissions = {
  needsOf(call) {
    const { input, operation, context } = call;
    const method = model.operation(operation)?.http.method ?? 'POST';
    const resource = controlArn(context.region, pathOf(call));
    return [
      { action: `apigateway:${method}`, resource },
      ...passRole(textOf(input, 'CredentialsArn'), 'apigateway.amazonaws.com'),
      ...passRole(textOf(input, 'AuthorizerCredentialsArn'), 'apigateway.amazonaws.com'),
    ];
  },
};

/** The operation's path with the input's values in it, without the version before it. */
function pathOf({ operation, input }: Call): string {
  const uri = model.operation(operation)?.http.uri ?? '';
  return uri
    .replace(/^\/v2/, '')
    .replaceAll(/\{([\w-]+)\}/g, (_, name: string) => textOf(input, memberOf(name)) ?? '*');
}

/** `ApiId` of `apiId`, `ResourceArn` of `resource-arn`. */
function memberOf(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
