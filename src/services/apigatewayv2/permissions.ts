import { operationPath, passRole, tagKeys, textOf } from '#aws/access/index.ts';
import { apigatewayv2 as model } from '#aws/models/apigatewayv2.gen.ts';
import { rolesOf } from '#aws/openapi.ts';
import type { Need, Permissions } from '#aws/operation.ts';
import { readOpenApi } from '#aws/read-openapi.ts';
import type { Apigatewayv2Dependencies } from './dependencies.ts';
import { controlArn } from './model.ts';

/**
 * Actions are HTTP's methods, resources are the paths of the API: `apigateway:POST` on
 * `arn:aws:apigateway:REGION::/apis/ID/routes`.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
 */
export function apigatewayv2Permissions(
  dependencies: Pick<Apigatewayv2Dependencies, 'threads'>,
): Permissions {
  return {
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
    async needsOfContents({ input, context }) {
      const definition = textOf(input, 'Body');
      if (definition === undefined) return [];
      const document = await readOpenApi(dependencies, definition, context.signal);
      return document === undefined ? [] : [...rolesOf(document)].flatMap(passed);
    },
  };
}

function passed(role: string | undefined): readonly Need[] {
  return passRole(role, 'apigateway.amazonaws.com');
}
