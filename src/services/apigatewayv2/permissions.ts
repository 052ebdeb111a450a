import { operationPath, passRole, tagKeys, textOf } from '#aws/access/index.ts';
import { apigatewayv2 as model } from '#aws/models/apigatewayv2.gen.ts';
import { parseDocument, rolesOf } from '#aws/openapi.ts';
import type { Need, Permissions } from '#aws/operation.ts';
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
    const path = operationPath(model, call).replace(/^\/v2/, '');
    const resource = controlArn(context.region, path);
    const named = [textOf(input, 'CredentialsArn'), textOf(input, 'AuthorizerCredentialsArn')];
    return [
      { action: `apigateway:${method}`, resource, keys: tagKeys(input) },
      ...named.flatMap(passed),
    ];
  },

  /** The roles that a definition names. */
  needsOfContents({ input }) {
    const definition = textOf(input, 'Body');
    const document = definition === undefined ? undefined : parseDocument(definition);
    return document === undefined ? [] : [...rolesOf(document)].flatMap(passed);
  },
};

function passed(role: string | undefined): readonly Need[] {
  return passRole(role, 'apigateway.amazonaws.com');
}
