export { decodeChunked } from './aws-chunked.ts';
export { createChunkSignatures } from './chunk-signatures.ts';
export { ClaimReader } from './claim.ts';
export { refusalError, type ErrorFamily } from './errors.ts';
export { readPayloadMode, type PayloadMode } from './payload.ts';
export {
  verifyPostPolicy,
  type PostForm,
  type PostPolicyOptions,
  type VerifiedPost,
} from './post-policy.ts';
export { Refused, type Refusal } from './refusal.ts';
export type { Claim, Scope, SignedRequest, SigningScope } from './request.ts';
export { readClaimV2, verifyV2, type ClaimV2 } from './signature-v2.ts';
export { createSigningKeys, type SigningKey, type SigningKeys } from './signing-key.ts';
export { parseTimestamp } from './timestamp.ts';
export { checkSignature, identify, type Signer } from './verify.ts';
