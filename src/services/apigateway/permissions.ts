import { definePermissions, passRole, textOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';

/** What a name begins with tells the method of HTTP, which is the action. */
const METHODS: readonly (readonly [prefix: string, method: string])[] = [
  ['Get', 'GET'],
  ['Delete', 'DELETE'],
  ['Update', 'PATCH'],
  ['Put', 'PUT'],
  ['TagResource', 'PUT'],
  ['UntagResource', 'DELETE'],
  ['Flush', 'DELETE'],
];

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html */
export const API_GATEWAY_PERMISSIONS: Permissions = {
  needsOf(call) {
    const method = METHODS.find(([prefix]) => call.operation.startsWith(prefix))?.[1] ?? 'POST';
    const table = definePermissions({
      prefix: 'apigateway',
      actions: { [call.operation]: method },
      resourcesOf,
      moreOf: ({ input }) => [
        ...passRole(textOf(input, 'credentials'), 'apigateway.amazonaws.com'),
        ...passRole(textOf(input, 'authorizerCredentials'), 'apigateway.amazonaws.com'),
      ],
    });
    return table.needsOf(call);
  },
};

/** `arn:aws:apigateway:REGION::/restapis/ID/stages/NAME`: the path of the request. */
function resourcesOf({ context }: Call): string {
  return `arn:aws:apigateway:${context.region}::${context.http.path}`;
}
