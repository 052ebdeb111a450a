/**
 * Quotas of HTTP APIs.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
import { KIB, MIB, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';

export const ROUTES_MAX = 300;
export const INTEGRATIONS_MAX = 300;
export const STAGES_MAX = 10;
export const AUTHORIZERS_MAX = 10;
export const TAGS_MAX = 50;
export const NAME_LENGTH_MAX = 128;
/** A request's body, and an integration's answer. */
export const PAYLOAD_BYTES_MAX = 10 * MIB;
/** The request line and all headers together. */
export const HEADER_BYTES_MAX = 10 * KIB;
export const TIMEOUT_MS_MAX = 30 * SECOND_MS;
export const AUTHORIZER_TIMEOUT_MS = 10 * SECOND_MS;
export const AUTHORIZER_TTL_SECONDS_DEFAULT = 300;
export const AUTHORIZER_TTL_SECONDS_MAX = 3600;
/** How long an issuer has to tell its keys, and how long they are believed. */
export const ISSUER_TIMEOUT_MS = 10 * SECOND_MS;
export const ISSUER_KEYS_AGE_MS_MAX = 2 * 60 * MINUTE_MS;
export const ISSUER_BYTES_MAX = 150_000;
export const TIMEOUT_MS_MIN = 50;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const SOCKET_TIMEOUT_MS_MAX = 29 * SECOND_MS;
export const SOCKET_FRAME_BYTES_MAX = 32 * KIB;
export const SOCKET_MESSAGE_BYTES_MAX = 128 * KIB;
export const SOCKET_IDLE_MS_MAX = 10 * MINUTE_MS;
export const SOCKET_LIFE_MS_MAX = 120 * MINUTE_MS;
/** What a client may leave untaken; AWS tells no number. */
export const SOCKET_WAITING_BYTES_MAX = MIB;
