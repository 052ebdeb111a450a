import type { Cors } from '#aws/models/apigatewayv2.types.gen.ts';
import { badRequest } from './errors.ts';
import { TAGS_MAX } from './limits.ts';
import type { Tags } from './model.ts';

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

const KEY_LENGTH_MAX = 128;
const VALUE_LENGTH_MAX = 256;

/** @throws AwsError BadRequestException where there are too many tags, or one that cannot be */
export function checkTags(tags: Tags): void {
  const entries = Object.entries(tags);
  if (entries.length > TAGS_MAX) throw badRequest(`A resource can have ${TAGS_MAX} tags at most.`);
  for (const [key, value] of entries) {
    if (key === '' || key.length > KEY_LENGTH_MAX || value.length > VALUE_LENGTH_MAX) {
      throw badRequest(`Invalid tag ${key}`);
    }
    if (key.toLowerCase().startsWith('aws:')) throw badRequest('Tags cannot start with aws:');
  }
}
