import type { Cors } from '#aws/models/apigatewayv2.types.gen.ts';
import { badRequest } from './errors.ts';

const METHODS: ReadonlySet<string> = new Set([
  '*',
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
]);
const AGE_SECONDS_MIN = -1;
const AGE_SECONDS_MAX = 86_400;

/** @throws AwsError BadRequestException */
export function checkCors(cors: Cors): void {
  const { AllowOrigins = [], AllowMethods = [], AllowCredentials, MaxAge = 0 } = cors;
  if (AllowCredentials === true && AllowOrigins.includes('*')) {
    throw badRequest('AllowCredentials is not supported for origin *');
  }
  for (const origin of AllowOrigins) {
    if (origin === '*' || /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(origin)) continue;
    throw badRequest(`Invalid format for origin ${origin}. Origin should be a valid URL or *`);
  }
  for (const method of AllowMethods) {
    if (!METHODS.has(method)) throw badRequest(`Invalid HTTP method ${method} in AllowMethods`);
  }
  if (MaxAge < AGE_SECONDS_MIN || MaxAge > AGE_SECONDS_MAX) {
    throw badRequest(`MaxAge must be between ${AGE_SECONDS_MIN} and ${AGE_SECONDS_MAX}`);
  }
}
