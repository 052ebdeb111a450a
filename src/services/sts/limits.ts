import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kernel/units.ts';

/** Seconds of an assumed role's session. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const ROLE_SECONDS_DEFAULT = 3600;
/** Seconds of a chained role's session at most. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const CHAINED_SECONDS_MAX = 3600;
/** Seconds of a session token and of a federation token. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
export const TOKEN_SECONDS_DEFAULT = 43_200;
/** Seconds of a token that root asks for, at most. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
export const ROOT_TOKEN_SECONDS_MAX = 3600;

/** Ours: how long expired credentials are kept, so that their users hear why. */
export const EXPIRED_KEPT_MS = DAY_MS;
/** Ours: how often they are looked for. */
export const SWEEP_MS = HOUR_MS;
/** Ours: credentials remembered at most, by their access key. */
export const REMEMBERED_MAX = 10_000;
/** Ours: how long another server's change of a key may stay unseen. */
export const REMEMBERED_MS = MINUTE_MS;
