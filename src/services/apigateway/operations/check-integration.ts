/** What an integration may be. */
import type { Integration, Method } from '#aws/models/apigateway.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { AwsError } from '#aws/errors.ts';
import { badRequest } from '../errors.ts';
import { INTEGRATION_TIMEOUT_MS_MAX, INTEGRATION_TIMEOUT_MS_MIN } from '../limits.ts';

/** @throws AwsError BadRequestException */
export function checkIntegration(integration: Integration, method: Method): void {
  const { type = 'MOCK', httpMethod, timeoutInMillis } = integration;
  if (type !== 'MOCK' && (httpMethod === undefined || httpMethod === '')) {
    throw badRequest('Enumeration value for HttpMethod must be non-empty');
  }
  const isInTime =
    timeoutInMillis === undefined ||
    (timeoutInMillis >= INTEGRATION_TIMEOUT_MS_MIN &&
      timeoutInMillis <= INTEGRATION_TIMEOUT_MS_MAX);
  if (!isInTime) {
    throw badRequest(
      `Timeout should be between ${INTEGRATION_TIMEOUT_MS_MIN} ms and ${INTEGRATION_TIMEOUT_MS_MAX} ms`,
    );
  }
  if (type.startsWith('AWS')) checkArn(integration);
  if (type.startsWith('HTTP')) checkUrl(integration);
  if (integration.connectionType === 'VPC_LINK' && !integration.connectionId) {
    throw badRequest('ConnectionId must be set when the connection type is VPC_LINK');
  }
  checkMappings(integration, method);
}

/** `arn:aws:apigateway:REGION:SERVICE:path/...` or `:action/...`. */
function checkArn({ type, uri = '' }: Integration): void {
  const arn = parseArn(uri);
  if (arn === undefined) throw badRequest('Invalid ARN specified in the request');
  const isCall = arn.service === 'apigateway' && /^(?:path|action)\//.test(arn.resource);
  if (!isCall) throw badRequest('AWS ARN for integration must contain path or action');
  if (type !== 'AWS_PROXY') return;
  // An ARN's fifth part names the service that is asked.
  const isFunction =
    arn.accountId === 'lambda' && arn.resource.startsWith('path/2015-03-31/functions/');
  const isStream = arn.accountId === 'firehose' && arn.resource.startsWith('action/Put');
  if (isFunction || isStream) return;
  throw badRequest(
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
  );
}

function checkUrl({ uri = '' }: Integration): void {
  if (/^https?:\/\/[^\s/]+/.test(uri) || uri.includes('${stageVariables.')) return;
  throw badRequest('Invalid HTTP endpoint specified for URI');
}

const SOURCES =
  /^(?:'.*'|method\.request\.(?:header|querystring|path|multivalueheader|multivaluequerystring)\.\S+|method\.request\.body(?:\.\S+)?|context\.\S+|stageVariables\.\S+)$/s;

/** What goes into a request to the back end comes from the method's request, its context, or is a text in quotes. */
function checkMappings({ requestParameters = {} }: Integration, method: Method): void {
  for (const [target, source] of Object.entries(requestParameters)) {
    const isTarget =
      /^integration\.request\.(?:header|querystring|path|multivalueheader|multivaluequerystring)\.\S+$/.test(
        target,
      );
    if (!isTarget) throw invalidMapping(`Invalid mapping expression specified: ${target}`);
    if (!SOURCES.test(source)) {
      throw invalidMapping(`Invalid mapping expression specified: ${source}`);
    }
    if (!isDeclared(method, source)) {
      throw invalidMapping(`Invalid mapping expression parameter specified: ${source}`);
    }
  }
}

function isDeclared({ requestParameters = {} }: Method, source: string): boolean {
  if (!/^method\.request\.(?:header|querystring|path)\./.test(source)) return true;
  return Object.hasOwn(requestParameters, source);
}

function invalidMapping(error: string): AwsError {
  return badRequest(
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${error}]`,
  );
}
