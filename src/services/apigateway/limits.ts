/**
 * API Gateway's quotas and defaults for REST APIs.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
import { MIB } from '#kernel/units.ts';

export const PAYLOAD_BYTES_MAX = 10 * MIB;
export const INTEGRATION_TIMEOUT_MS_MIN = 50;
export const INTEGRATION_TIMEOUT_MS_MAX = 29_000;
export const COMPRESSION_BYTES_MAX = 10_485_760;
export const LIST_RESULTS_DEFAULT = 25;
export const LIST_RESULTS_MAX = 500;
export const REST_APIS_MAX = 600;
export const RESOURCES_MAX = 300;
export const API_KEYS_MAX = 10_000;
export const API_KEY_DESCRIPTION_CHARACTERS_MAX = 125_000;
export const AUTHORIZER_CACHE_SECONDS_DEFAULT = 300;
export const AUTHORIZER_CACHE_SECONDS_MAX = 3600;
/** Of an account and Region; what a method's settings begin with. */
export const THROTTLE_RATE_DEFAULT = 10_000;
export const THROTTLE_BURST_DEFAULT = 5000;
