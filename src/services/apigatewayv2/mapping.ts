/** Parameter mappings of integrations: how headers, query, path, body and status are rewritten. Pure. */
import { badRequest } from './errors.ts';

/** `append:header.x-name`, `overwrite:path`. */
const REQUEST_KEY = /^(?:(?:append|overwrite|remove):(?:header|querystring)\.\S+|overwrite:path)$/;
const RESPONSE_KEY = /^(?:(?:append|overwrite|remove):header\.\S+|overwrite:statuscode)$/;
const STATUS = /^(?:[2-5]\d\d|[2-5]\d{0,1}[xX]{1,2})$/;

/** Headers that no mapping may touch. */
const RESERVED =
  /^(?:access-control-|apigw-|authorization$|connection$|content-encoding$|content-length$|content-location$|forwarded$|keep-alive$|origin$|proxy-authenticate$|proxy-authorization$|te$|trailers$|transfer-encoding$|upgrade$|x-amz-|x-amzn-|x-forwarded-|via$)/i;

/**
 * @throws AwsError BadRequestException for a parameter that cannot be mapped
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
 */
export function checkRequestMapping(
  parameters: Readonly<Record<string, string>>,
  isOfService: boolean,
): void {
  if (isOfService) return;
  for (const key of Object.keys(parameters)) {
    if (!REQUEST_KEY.test(key) || isReserved(key)) throw invalidMapping(key);
  }
}

/** @throws AwsError BadRequestException for a parameter or a status that cannot be mapped */
export function checkResponseMapping(
  byStatus: Readonly<Record<string, Readonly<Record<string, string>>>>,
): void {
  for (const [status, parameters] of Object.entries(byStatus)) {
    if (!STATUS.test(status))
      throw badRequest(`Invalid status code ${status} in ResponseParameters`);
    for (const key of Object.keys(parameters)) {
      if (!RESPONSE_KEY.test(key) || isReserved(key)) throw invalidMapping(key);
    }
  }
}

function isReserved(key: string): boolean {
  const header = /:header\.(.+)$/.exec(key)?.[1];
  return header !== undefined && RESERVED.test(header);
}

function invalidMapping(key: string): Error {
  return badRequest(`Invalid mapping expression specified: ${key}`);
}
