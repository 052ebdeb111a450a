/**
 * Amazon ECR's quotas, and what is bounded here beside them.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
 */
import { DAY_MS, HOUR_MS, MIB } from '#kernel/units.ts';

export const LAYER_BYTES_MAX = 52_000 * MIB;
/** Every part of a layer but the last, where it comes by UploadLayerPart. */
export const PART_BYTES_MIN = 5 * MIB;
/** What InitiateLayerUpload proposes, and UploadLayerPart takes. */
export const PART_BYTES_MAX = 20 * MIB;
/** A part in Base64, and what is around it. */
export const BODY_BYTES_MAX = 32 * MIB;
export const MANIFEST_BYTES_MAX = 4 * MIB;
export const REPOSITORIES_MAX = 100_000;
export const TAGS_MAX = 50;
export const LISTED_MAX = 1000;
export const LISTED_DEFAULT = 100;
/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
export const TOKEN_MS = 12 * HOUR_MS;
/** After which an upload that nobody goes on with is forgotten, and a layer that no image is made of. */
export const ABANDONED_MS = 1 * DAY_MS;
