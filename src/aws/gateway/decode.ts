/** Step four: the transfer coding undone, and the body watched by what was declared of it. */
import {
  checkBody,
  createChecksumCheck,
  createMd5Check,
  createSha256Check,
  declaredChecksum,
  type BodyCheck,
  type ComputedChecksum,
} from '../checksums/index.ts';
import { AwsError } from '../errors.ts';
import type { OperationModel } from '../model.ts';
import type { RequestHead } from '../operation.ts';
import { createChunkSignatures, decodeChunked, type PayloadMode } from '../signature/index.ts';
import type { WireRequest } from '../wire.ts';
import type { Authenticated } from './authenticate.ts';
import { RequestBody } from './request-body.ts';

export interface Decoded {
  readonly request: WireRequest;
  /**
   * Has the body checked against the checksum that its headers declare, once the operation is known to
   * take one; answers where the value will be.
   * Absent where bodies declare none.
   * @throws AwsError where the declaration is malformed
   */
  expectChecksum?(operation: OperationModel): Promise<ComputedChecksum | undefined>;
}

/** The members of a query that are its signature's own; the other `x-amz-` ones stand for headers. */
const SIGNATURE_PARAMETERS: ReadonlySet<string> = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-signature',
  'x-amz-signedheaders',
  'x-amz-content-sha256',
]);

/**
 * The request as its protocol reads it. The end of its body verifies hashes, checksums and signatures.
 * @param isStorage whether headers may stand in the query, and bodies declare checksums, as at S3
 * @throws AwsError for a coding that is incomplete
 */
export function decode(
  head: RequestHead,
  authenticated: Authenticated,
  isStorage: boolean,
): Decoded {
  const { payload } = authenticated;
  if (!isStorage) {
    return { request: { ...head, body: authenticated.body } };
  }
  const trailers = new Map<string, string>();
  const checks: BodyCheck[] = [];
  const headers = hoistHeaders(head, payload);
  if (payload?.kind === 'hash') checks.push(createSha256Check(payload.sha256));
  const source =
    payload?.kind === 'chunks'
      ? decodeChunks(headers, authenticated, payload, trailers)
      : authenticated.body;
  const checked = checkBody(source, checks);
  const { body: received } = authenticated;
  const body = received instanceof RequestBody ? received.decodedTo(checked) : checked;
  return {
    request: { ...head, headers, body },
    async expectChecksum(operation) {
      if (!takesChecksum(operation)) return undefined;
      const md5 = headers['content-md5'];
      if (md5 !== undefined) checks.push(createMd5Check(md5));
      const declared = declaredChecksum(headers);
      if (declared === undefined) return undefined;
      const computed: ComputedChecksum = { algorithm: declared.algorithm, value: undefined };
      checks.push(await createChecksumCheck(declared, trailers, computed));
      return computed;
    },
  };
}

/** In the model, who takes a checksum of its body also takes that checksum's algorithm. */
function takesChecksum({ input }: OperationModel): boolean {
  return input.members.some((member) => member.wireName === 'x-amz-sdk-checksum-algorithm');
}

function decodeChunks(
  headers: Record<string, string>,
  { body, signer }: Authenticated,
  payload: Extract<PayloadMode, { kind: 'chunks' }>,
  trailers: Map<string, string>,
): AsyncIterable<Uint8Array> {
  const length = headers['x-amz-decoded-content-length'] ?? '';
  if (!/^\d{1,15}$/.test(length)) throw missingLength();
  headers['content-length'] = length;
  return decodeChunked(body, {
    decodedBytes: Number(length),
    ...(payload.isSigned &&
      signer && { signatures: createChunkSignatures(signer.claim, signer.key) }),
    ...(payload.hasTrailer && { trailers }),
  });
}

/** Headers as the operation sees them: those of a presigned query among them, aws-chunked gone. */
function hoistHeaders(head: RequestHead, payload?: PayloadMode): Record<string, string> {
  const headers = { ...head.headers };
  for (const [name, value] of head.query) {
    const header = name.toLowerCase();
    if (!header.startsWith('x-amz-') || SIGNATURE_PARAMETERS.has(header)) continue;
    // S3 ignores a checksum in a query (seen 2023 and 2024): SDKs sign that of no bytes into their URLs.
    if (!header.includes('checksum')) headers[header] ??= value;
  }
  const coding = headers['content-encoding'];
  if (coding !== undefined && (payload?.kind === 'chunks' || coding.includes('aws-chunked'))) {
    const others = coding.split(',').filter((one) => one.trim().toLowerCase() !== 'aws-chunked');
    if (others.length === 0) delete headers['content-encoding'];
    else headers['content-encoding'] = others.join(',').trim();
  }
  return headers;
}

function missingLength(): AwsError {
  return new AwsError({
    code: 'MissingContentLength',
    status: 411,
    message: 'You must provide the Content-Length HTTP header.',
  });
}
