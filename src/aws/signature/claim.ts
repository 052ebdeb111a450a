import { BoundedMap } from '#kernel/bounded-map.ts';
import { canonicalComponent } from './uri.ts';
import { Refused, type Part, type Place } from './refusal.ts';
import { ALGORITHM, type Claim, type Scope, type SignedRequest } from './request.ts';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';

/** A presigned URL lives for a week at most. @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const EXPIRES_SECONDS_MAX = 604_800;

const QUERY_PARTS: Readonly<Record<Part, string>> = {
  Credential: 'X-Amz-Credential',
  Signature: 'X-Amz-Signature',
  SignedHeaders: 'X-Amz-SignedHeaders',
  Date: 'X-Amz-Date',
};

/** What a client repeats from request to request of a day: all of the header but the signature at its end. */
type Repeated = Pick<Claim, 'accessKeyId' | 'scope' | 'signedHeaders'>;

const SIGNATURE_PART = ' Signature=';
const SIGNATURE = /^[0-9a-f]{64}$/;
const REPEATED_MAX = 256;

/** Reads what requests say of their signatures, and remembers what their clients will say again. */
export class ClaimReader {
  /** By the header up to its signature. It holds nothing that a request has not to prove. */
  readonly #repeated = new BoundedMap<Repeated>(REPEATED_MAX);
  /** The latest timestamp: requests of one second name the same. */
  #latest: { readonly timestamp: string; readonly timestampMs: number | undefined } | undefined;

  /**
   * A request's claim; `undefined` where it makes none.
   * @throws Refused where the claim is malformed or incomplete
   */
  read(request: SignedRequest): Claim | undefined {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.#readHeader(request, authorization);
    if (!request.rawQuery.includes('X-Amz-')) return undefined;
    const query = readQuery(request.rawQuery);
    return query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature')
      ? readPresigned(query)
      : undefined;
  }

  #readHeader(request: SignedRequest, authorization: string): Claim {
    const signatureAt = authorization.lastIndexOf(SIGNATURE_PART) + SIGNATURE_PART.length;
    const signature = authorization.slice(signatureAt);
    if (!SIGNATURE.test(signature)) return readWholeHeader(request, authorization);
    const start = authorization.slice(0, signatureAt);
    const known = this.#repeated.get(start);
    const timestamp = readDate(request.headers);
    if (known === undefined || timestamp === undefined) {
      const claim = readWholeHeader(request, authorization);
      const { accessKeyId, scope, signedHeaders } = claim;
      this.#repeated.set(start, { accessKeyId, scope, signedHeaders });
      return claim;
    }
    const sessionToken = request.headers['x-amz-security-token'];
    const { accessKeyId, scope, signedHeaders } = known;
    if (timestamp !== this.#latest?.timestamp) {
      this.#latest = { timestamp, timestampMs: parseTimestamp(timestamp) };
    }
    const timestampMs = checkTime('header', scope, timestamp, this.#latest.timestampMs);
    return {
      place: 'header',
      accessKeyId,
      scope,
      signedHeaders,
      signature,
      timestamp,
      timestampMs,
      // What may be absent comes last: V8 makes the rest as one piece.
      ...(sessionToken !== undefined && { sessionToken }),
    };
  }
}

function readWholeHeader(request: SignedRequest, authorization: string): Claim {
  const end = authorization.indexOf(' ');
  const algorithm = end === -1 ? authorization : authorization.slice(0, end);
  if (algorithm !== ALGORITHM)
    throw new Refused({ kind: 'algorithm', place: 'header', algorithm: authorization });
  const parts = readParts(authorization.slice(end + 1));
  const timestamp = readDate(request.headers);
  const lacks: Part[] = [];
  if (parts.Credential === undefined) lacks.push('Credential');
  if (parts.Signature === undefined) lacks.push('Signature');
  if (parts.SignedHeaders === undefined) lacks.push('SignedHeaders');
  if (timestamp === undefined) lacks.push('Date');
  const { Credential, Signature, SignedHeaders } = parts;
  if (!Credential || !Signature || !SignedHeaders || timestamp === undefined) {
    throw new Refused({ kind: 'incomplete', place: 'header', lacks, text: authorization });
  }
  const sessionToken = request.headers['x-amz-security-token'];
  return {
    ...readCredential('header', Credential, timestamp),
    signedHeaders: SignedHeaders.split(';'),
    signature: Signature,
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

function readPresigned(query: ReadonlyMap<string, string>): Claim {
  const algorithm = query.get('X-Amz-Algorithm');
  const lacks = (['Credential', 'Signature', 'SignedHeaders', 'Date'] as const).filter(
    (part) => !query.get(QUERY_PARTS[part]),
  );
  const credential = query.get('X-Amz-Credential');
  const signature = query.get('X-Amz-Signature');
  const signedHeaders = query.get('X-Amz-SignedHeaders');
  const timestamp = query.get('X-Amz-Date');
  const expires = isStorages(credential) ? (query.get('X-Amz-Expires') ?? 'missing') : undefined;
  const isWhole = algorithm && credential && signature && signedHeaders && timestamp;
  if (!isWhole || expires === 'missing') {
    throw new Refused({ kind: 'incomplete', place: 'query', lacks, text: '' });
  }
  if (algorithm !== ALGORITHM) throw new Refused({ kind: 'algorithm', place: 'query', algorithm });
  const sessionToken = query.get('X-Amz-Security-Token');
  return {
    ...readCredential('query', credential, timestamp),
    signedHeaders: signedHeaders.split(';'),
    signature,
    ...(expires !== undefined && { expiresSeconds: readExpires(expires) }),
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

/**
 * S3 alone asks how long a URL is to hold; whatever others are told, theirs hold for as long as a header would.
 * Seen at STS in 2018, at API Gateway in 2021.
 */
function isStorages(credential: string | undefined): boolean {
  return credential?.split('/')[3] === 's3';
}

type CredentialPart = Pick<Claim, 'place' | 'accessKeyId' | 'scope' | 'timestamp' | 'timestampMs'>;

/** Reads `AKID/YYYYMMDD/REGION/SERVICE/aws4_request` and holds it against the timestamp. */
export function readCredential(
  place: Place,
  credential: string,
  timestamp: string,
): CredentialPart {
  const [accessKeyId, date, region, service, terminal, ...rest] = credential.split('/');
  if (!accessKeyId || !date || !region || !service || !terminal || rest.length > 0) {
    throw new Refused({ kind: 'credential', place, credential });
  }
  if (terminal !== 'aws4_request') throw new Refused({ kind: 'scope-terminal', place, terminal });
  const scope: Scope = { date, region, service };
  const timestampMs = checkTime(place, scope, timestamp, parseTimestamp(timestamp));
  return { place, accessKeyId, scope, timestamp, timestampMs };
}

/** The moment that a timestamp names, in ms since 1970: there must be one, of the scope's day. */
function checkTime(
  place: Place,
  { date }: Scope,
  timestamp: string,
  timestampMs: number | undefined,
): number {
  if (timestampMs === undefined) throw new Refused({ kind: 'timestamp', place, text: timestamp });
  if (!timestamp.startsWith(date) || date.length !== 8) {
    throw new Refused({ kind: 'scope-date', place, date, timestamp });
  }
  return timestampMs;
}

function readParts(text: string): Partial<Record<string, string>> {
  const parts: Partial<Record<string, string>> = {};
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    if (equals !== -1) parts[part.slice(0, equals).trim()] = part.slice(equals + 1).trim();
  }
  return parts;
}

/** `X-Amz-Date`, or the `Date` of HTTP in the same form. */
function readDate(headers: SignedRequest['headers']): string | undefined {
  const own = headers['x-amz-date'];
  if (own !== undefined) return own;
  const { date } = headers;
  if (date === undefined || parseTimestamp(date) !== undefined) return date;
  const milliseconds = Date.parse(date);
  return Number.isNaN(milliseconds) ? date : formatTimestamp(milliseconds);
}

function readExpires(text: string): number {
  if (/^-\d+$/.test(text)) throw new Refused({ kind: 'expires', problem: 'negative' });
  if (!/^\d+$/.test(text)) throw new Refused({ kind: 'expires', problem: 'not-a-number' });
  const seconds = Number(text);
  if (seconds > EXPIRES_SECONDS_MAX) throw new Refused({ kind: 'expires', problem: 'too-long' });
  return seconds;
}

/** The parameters of a query, decoded; of a repeated one the first. */
export function readQuery(rawQuery: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    if (!parameters.has(name))
      parameters.set(name, equals === -1 ? '' : decode(pair.slice(equals + 1)));
  }
  return parameters;
}

/** Never throws: what is ill-formed is encoded first, so that it stands for itself. */
function decode(raw: string): string {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return decodeURIComponent(canonicalComponent(raw.replaceAll('%', '%25')));
  }
}
