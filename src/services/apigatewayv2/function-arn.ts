/** Functions in the URIs of integrations and authorizers. Pure. */

const INVOCATION_URI =
  /^arn:aws[\w-]*:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;
const FUNCTION_ARN = /^arn:aws[\w-]*:lambda:[^:]+:[^:]+:function:.+$/;

/** The function of an integration's or authorizer's URI, which is its ARN or ends in that; stage variables stay. */
export function functionArnOf(uri: string): string | undefined {
  const arn = INVOCATION_URI.exec(uri)?.[1] ?? uri;
  return FUNCTION_ARN.test(arn) ? arn : undefined;
}
