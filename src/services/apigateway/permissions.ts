import { objectsOf, operationPath, passRole, tagKeys, textOf } from '#aws/access/index.ts';
import { apigateway as model } from '#aws/models/apigateway.gen.ts';
import { rolesOf } from '#aws/openapi.ts';
import type { Call, Need, ParsedInput, Permissions } from '#aws/operation.ts';
import { readOpenApi } from '#aws/read-openapi.ts';
import { textOf as textOfBytes } from '#kernel/bytes.ts';
import type { ApiGatewayDependencies } from './dependencies.ts';

/**
 * Actions are HTTP's methods, resources are the paths of the API: `apigateway:PUT` on
 * `arn:aws:apigateway:REGION::/restapis/ID/resources/ID/methods/GET`.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
 */
export function apiGatewayPermissions(
  dependencies: Pick<ApiGatewayDependencies, 'threads'>,
): Permissions {
  return {
    needsOf(call) {
      const { operation, input } = call;
      const method = model.operation(operation)?.http.method ?? 'POST';
      const resource = resourceOf(call);
      return [
        { action: `apigateway:${method}`, resource, keys: tagKeys(input) },
        ...(setsPolicy(call) ? [policyNeed(resource)] : []),
        ...rolesPassed(input).flatMap(passed),
      ];
    },

    async needsOfContents(call) {
      const text = definitionOf(call);
      if (text === undefined) return [];
      const document = await readOpenApi(dependencies, text, call.context.signal);
      if (document === undefined) return [];
      const hasPolicy = 'x-amazon-apigateway-policy' in document;
      return [
        ...(hasPolicy ? [policyNeed(resourceOf(call))] : []),
        ...[...rolesOf(document)].flatMap(passed),
      ];
    },
  };
}

function resourceOf(call: Call): string {
  return `arn:aws:apigateway:${call.context.region}::${operationPath(model, call)}`;
}

function policyNeed(resource: string): Need {
  return { action: 'apigateway:UpdateRestApiPolicy', resource };
}

function passed(role: string): readonly Need[] {
  return passRole(role, 'apigateway.amazonaws.com');
}

/** The definition that a request imports, where it is one. */
function definitionOf({ operation, input }: Call): string | undefined {
  const { body } = input;
  const isDefinition = operation === 'ImportRestApi' || operation === 'PutRestApi';
  return isDefinition && body instanceof Uint8Array ? textOfBytes(body) : undefined;
}

/** Whether an API is given a policy, or loses it. */
function setsPolicy({ operation, input }: Call): boolean {
  if (!operation.endsWith('RestApi')) return false;
  const patches = objectsOf(input, 'patchOperations');
  return (
    textOf(input, 'policy') !== undefined || patches.some((patch) => patch['path'] === '/policy')
  );
}

/** Members of patches that are roles. */
const ROLE_PATHS: ReadonlySet<string> = new Set([
  '/credentials',
  '/authorizerCredentials',
  '/cloudwatchRoleArn',
]);

/** The roles that a request puts or patches. */
function rolesPassed(input: ParsedInput): readonly string[] {
  const put = [textOf(input, 'credentials'), textOf(input, 'authorizerCredentials')];
  const patched = objectsOf(input, 'patchOperations')
    .filter((patch) => ROLE_PATHS.has(textOf(patch, 'path') ?? ''))
    .map((patch) => textOf(patch, 'value'));
  return [...new Set([...put, ...patched].filter((role) => role !== undefined))];
}
