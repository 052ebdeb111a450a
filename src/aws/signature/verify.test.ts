import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsClient } from 'aws4fetch';
import type { CredentialLookup, KnownCredential } from '#ports/peers/credential-issuer.ts';
import { canonicalRequest, EMPTY_SHA256, stringToSign } from './canonical-request.ts';
import { ClaimReader } from './claim.ts';
import { refusalError, type ErrorFamily } from './errors.ts';
import { Refused, type Refusal } from './refusal.ts';
import { createSigningKeys, deriveSigningKey, SigningKey } from './signing-key.ts';
import { checkSignature, identify } from './verify.ts';
import type { SignedRequest, SigningScope } from './request.ts';

const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const NOW = Date.parse('2015-08-30T12:36:00Z');
const MINUTE = 60_000;

const known: KnownCredential = {
  credentials: CREDENTIALS,
  principal: { accountId: '123456789012', arn: 'arn:aws:iam::123456789012:root', userId: 'x' },
};
const session: KnownCredential = {
  credentials: {
    ...CREDENTIALS,
    accessKeyId: 'ASIA',
    sessionToken: 'token',
    expiresAtMs: NOW + MINUTE,
  },
  principal: known.principal,
};
const credentials: CredentialLookup = {
  async find(id) {
    return [known, session].find((one) => one.credentials.accessKeyId === id);
  },
};

async function verify(
  request: SignedRequest,
  options: {
    readonly payloadHash?: string;
    readonly nowMs?: number;
    readonly family?: ErrorFamily;
    readonly scope?: SigningScope;
  } = {},
): Promise<Refusal | 'verified' | 'anonymous'> {
  try {
    const claim = new ClaimReader().read(request);
    if (claim === undefined) return 'anonymous';
    const keys = createSigningKeys();
    const { nowMs = NOW, family = 's3', scope = { service: claim.scope.service } } = options;
    const signer = await identify(claim, { credentials, keys, nowMs, family, scope });
    checkSignature(request, claim, signer.key, options.payloadHash ?? EMPTY_SHA256);
    return 'verified';
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

async function refusalKind(...parameters: Parameters<typeof verify>): Promise<string> {
  const result = await verify(...parameters);
  return typeof result === 'string' ? result : result.kind;
}

/** A signer of the AWS SDK, with no hash of its own. */
function signer(service: string, from = CREDENTIALS): SignatureV4 {
  return new SignatureV4({
    credentials: from,
    region: 'us-east-1',
    service,
    sha256: class {
      readonly #hash = createHash('sha256');
      readonly #secret: string | undefined;
      readonly #chunks: Uint8Array[] = [];
      constructor(secret?: unknown) {
        this.#secret =
          secret === undefined ? undefined : Buffer.from(secret as Uint8Array).toString('latin1');
      }
      update(data: string | Uint8Array): void {
        this.#hash.update(data);
        this.#chunks.push(Buffer.from(data as string));
      }
      async digest(): Promise<Uint8Array> {
        if (this.#secret === undefined) return this.#hash.digest();
        const { createHmac } = await import('node:crypto');
        return createHmac('sha256', Buffer.from(this.#secret, 'latin1'))
          .update(Buffer.concat(this.#chunks))
          .digest();
      }
      reset(): void {}
    },
    applyChecksum: true,
    uriEscapePath: service !== 's3',
  });
}

interface Draft {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function signed(service: string, draft: Draft, from = CREDENTIALS): Promise<SignedRequest> {
  const request = {
    method: draft.method,
    protocol: 'http:',
    hostname: 'localhost',
    path: draft.path,
    query: draft.query ?? {},
    headers: { host: 'localhost:4566', ...draft.headers },
    body: draft.body,
  };
  const result = await signer(service, from).sign(request, { signingDate: new Date(NOW) });
  return received(result.method, result.path, result.query ?? {}, result.headers);
}

/** As it goes over the wire. */
function received(
  method: string,
  path: string,
  query: Record<string, string | string[] | null>,
  headers: Record<string, string>,
): SignedRequest {
  const encode = (text: string): string =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const rawQuery = Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(String(value ?? ''))}`)
    .join('&');
  const lower = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v]));
  return { method, path, rawQuery, headers: lower };
}

describe('the published example of SigV4', () => {
  const request: SignedRequest = {
    method: 'GET',
    path: '/',
    rawQuery: 'Action=ListUsers&Version=2010-05-08',
    headers: {
      host: 'iam.amazonaws.com',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    },
  };

  test('has the published hash of the canonical request, string to sign, key and signature', () => {
    const claim = new ClaimReader().read(request);
    assert.ok(claim);
    const canonical = canonicalRequest(request, claim, EMPTY_SHA256);
    assert.equal(
      stringToSign(claim, canonical),
      'AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\nf536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59',
    );
    const key = deriveSigningKey(CREDENTIALS.secretAccessKey, claim.scope);
    assert.equal(
      Buffer.from(key).toString('hex'),
      'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
    );
    assert.equal(new SigningKey(key).sign(stringToSign(claim, canonical)), claim.signature);
  });

  test('is verified', async () => {
    assert.equal(await verify(request), 'verified');
  });

  test('is refused with another body', async () => {
    assert.equal(await refusalKind(request, { payloadHash: 'a'.repeat(64) }), 'mismatch');
  });
});

describe('a signature of the AWS SDK', () => {
  const drafts: readonly (readonly [string, string, Draft])[] = [
    [
      'an S3 key with every kind of character',
      's3',
      { method: 'PUT', path: '/b/a%20b%2Bc%25/%C3%A9%21%27%28%29%2A~//.././x' },
    ],
    [
      'a Lambda ARN in a path',
      'lambda',
      {
        method: 'GET',
        path: '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af',
      },
    ],
    [
      'a query with spaces, slashes and equals',
      's3',
      {
        method: 'GET',
        path: '/b',
        query: { prefix: 'a b/c=d&e', 'list-type': '2', delimiter: '/' },
      },
    ],
    [
      'a header with runs of spaces',
      'dynamodb',
      { method: 'POST', path: '/', headers: { 'x-amz-meta-a': '  a   b  ' } },
    ],
  ];
  for (const [name, service, draft] of drafts) {
    test(`is verified over ${name}`, async () => {
      assert.equal(await verify(await signed(service, draft)), 'verified');
    });
  }

  test('is verified over a body, and refused over another', async () => {
    const request = await signed('sqs', { method: 'POST', path: '/', body: '{"a":1}' });
    const payloadHash = createHash('sha256').update('{"a":1}').digest('hex');
    assert.equal(await verify(request, { payloadHash }), 'verified');
    assert.equal(await refusalKind(request), 'mismatch');
  });

  test('is refused when a signed header, the method, path or query was changed', async () => {
    const request = await signed('s3', { method: 'GET', path: '/b/k', query: { a: '1' } });
    const changes: readonly Partial<SignedRequest>[] = [
      { method: 'DELETE' },
      { path: '/b/l' },
      { rawQuery: 'a=2' },
      { headers: { ...request.headers, host: 'elsewhere' } },
    ];
    for (const change of changes)
      assert.equal(await refusalKind({ ...request, ...change }), 'mismatch');
  });

  test('holds for 15 minutes either way, or for 5, and no longer', async () => {
    for (const [service, family, minutes] of [
      ['s3', 's3', 15],
      ['sts', 'query', 15],
      ['sqs', 'json', 5],
      ['lambda', 'rest-json', 5],
    ] as const) {
      const request = await signed(service, { method: 'POST', path: '/' });
      for (const [offsetMs, expected] of [
        [minutes * MINUTE, 'verified'],
        [-minutes * MINUTE, 'verified'],
        [minutes * MINUTE + 1, 'skewed'],
        [-minutes * MINUTE - 1, 'skewed'],
      ] as const) {
        const told = `${service} ${offsetMs}`;
        assert.equal(await refusalKind(request, { nowMs: NOW + offsetMs, family }), expected, told);
      }
    }
  });

  test('is refused where it is for another service, or for another Region than one is asked for', async () => {
    const request = await signed('sqs', { method: 'POST', path: '/' });
    const family = 'rest-json';
    const told = async (scope: SigningScope) => {
      const refusal = await verify(request, { family, scope });
      return typeof refusal === 'string' ? refusal : refusalError(family, refusal).message;
    };
    const service = "Credential should be scoped to correct service: 'dynamodb'. ";
    const region = 'Credential should be scoped to a valid region. ';
    assert.equal(await told({ service: 'sqs' }), 'verified');
    assert.equal(await told({ service: 'sqs', region: 'us-east-1' }), 'verified');
    assert.equal(await told({ service: 'dynamodb' }), service);
    assert.equal(await told({ service: 'sqs', region: 'eu-west-1' }), region);
    assert.equal(await told({ service: 'dynamodb', region: 'eu-west-1' }), `${region}${service}`);
  });

  test('is refused for S3 when an x-amz header was added', async () => {
    const request = await signed('s3', { method: 'PUT', path: '/b/k' });
    const headers = { ...request.headers, 'x-amz-meta-wrong': '1' };
    assert.deepEqual(await verify({ ...request, headers }), {
      kind: 'unsigned-headers',
      names: ['x-amz-meta-wrong'],
    });
  });

  test('is refused for a key that nobody knows, and for another secret', async () => {
    const stranger = { ...CREDENTIALS, accessKeyId: 'AKIASTRANGER' };
    assert.equal(
      await refusalKind(await signed('s3', { method: 'GET', path: '/' }, stranger)),
      'unknown-key',
    );
    const forger = { ...CREDENTIALS, secretAccessKey: 'wrong' };
    assert.equal(
      await refusalKind(await signed('s3', { method: 'GET', path: '/' }, forger)),
      'mismatch',
    );
  });

  test('of temporary credentials needs their token, in their time', async () => {
    const request = await signed('s3', { method: 'GET', path: '/' }, session.credentials);
    assert.equal(await refusalKind(request), 'verified');
    assert.equal(await refusalKind(request, { nowMs: NOW + MINUTE - 1 }), 'verified');
    assert.equal(await refusalKind(request, { nowMs: NOW + MINUTE }), 'expired-token');
    const headers = { ...request.headers, 'x-amz-security-token': 'another' };
    assert.equal(await refusalKind({ ...request, headers }), 'invalid-token');
    const { 'x-amz-security-token': _token, ...without } = request.headers;
    assert.equal(await refusalKind({ ...request, headers: without }), 'invalid-token');
  });
});

describe('a presigned URL', () => {
  async function presigned(expiresIn: number): Promise<SignedRequest> {
    const result = await signer('s3').presign(
      {
        method: 'GET',
        protocol: 'http:',
        hostname: 'localhost',
        path: '/b/k%20l',
        query: {},
        headers: { host: 'localhost' },
      },
      { signingDate: new Date(NOW), expiresIn },
    );
    return received('GET', result.path, result.query ?? {}, { host: 'localhost' });
  }

  test('holds until it expires, to the millisecond', async () => {
    const request = await presigned(60);
    const payloadHash = EMPTY_SHA256;
    assert.equal(await refusalKind(request, { payloadHash, nowMs: NOW + MINUTE }), 'verified');
    assert.equal(
      await refusalKind(request, { payloadHash, nowMs: NOW + MINUTE + 1 }),
      'expired-url',
    );
    assert.equal(
      await refusalKind(request, { payloadHash, nowMs: NOW - 15 * MINUTE - 1 }),
      'early-url',
    );
  });

  test('holds a week at most', async () => {
    assert.equal(
      await refusalKind(await presigned(604_800), { payloadHash: EMPTY_SHA256 }),
      'verified',
    );
    const request = await presigned(604_800);
    const rawQuery = request.rawQuery.replace('604800', '604801');
    assert.deepEqual(await verify({ ...request, rawQuery }), {
      kind: 'expires',
      problem: 'too-long',
    });
  });

  test('is refused where a parameter is missing, malformed or changed', async () => {
    const request = await presigned(60);
    const cases = [
      [/X-Amz-Date=[^&]*&?/, '', 'incomplete'],
      [/X-Amz-Expires=\d+/, 'X-Amz-Expires=-1', 'expires'],
      [/X-Amz-Expires=\d+/, 'X-Amz-Expires=a', 'expires'],
      [/X-Amz-Expires=\d+/, 'X-Amz-Expires=61', 'mismatch'],
      [/us-east-1/, 'us-west-1', 'mismatch'],
      [/aws4_request/, 'aws5_request', 'scope-terminal'],
      [/%2F20150830%2F/, '%2F20150831%2F', 'scope-date'],
      [/%2F20150830%2F/, '%252F20150830%252F', 'credential'],
      [/AWS4-HMAC-SHA256/, 'AWS4-ECDSA-P256-SHA256', 'algorithm'],
      [/X-Amz-Signature=./, 'X-Amz-Signature=z', 'mismatch'],
    ] as const;
    for (const [pattern, replacement, expected] of cases) {
      const rawQuery = request.rawQuery.replace(pattern, replacement);
      assert.notEqual(rawQuery, request.rawQuery);
      assert.equal(await refusalKind({ ...request, rawQuery }), expected, `${pattern}`);
    }
  });
});

describe("a presigned URL of another service than S3's", () => {
  async function presigned(expiresIn: number): Promise<SignedRequest> {
    const headers = { host: 'localhost' };
    const draft = { method: 'GET', protocol: 'http:', hostname: 'localhost', path: '/', headers };
    const times = { signingDate: new Date(NOW), expiresIn };
    const result = await signer('execute-api').presign({ ...draft, query: {} }, times);
    return received('GET', result.path, result.query ?? {}, headers);
  }
  const payloadHash = EMPTY_SHA256;
  const family = 'rest-json';

  test('holds as long as a header would, whatever it says', async () => {
    for (const seconds of [60, 604_800]) {
      const request = await presigned(seconds);
      const at = (offsetMs: number) => ({ payloadHash, family, nowMs: NOW + offsetMs }) as const;
      assert.equal(await refusalKind(request, at(5 * MINUTE)), 'verified');
      assert.equal(await refusalKind(request, at(5 * MINUTE + 1)), 'skewed');
    }
  });

  test('need not say it', async () => {
    const client = new AwsClient({
      ...CREDENTIALS,
      service: 'execute-api',
      region: 'us-east-1',
      retries: 0,
    });
    const aws = { datetime: '20150830T123600Z', signQuery: true };
    const { search } = new URL((await client.sign('http://localhost/', { aws })).url);
    assert.doesNotMatch(search, /Expires/);
    const headers = { host: 'localhost' };
    const request = { method: 'GET', path: '/', rawQuery: search.slice(1), headers };
    assert.equal(await refusalKind(request, { payloadHash, family }), 'verified');
  });
});

describe('a signature of aws4fetch', () => {
  for (const [service, url] of [
    [
      'lambda',
      'http://localhost:4566/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f?b=2&a=%20x',
    ],
    ['s3', 'http://localhost:4566/b/a%20b/c+d?list-type=2&prefix=a%2Fb'],
  ] as const) {
    test(`is verified for ${service}`, async () => {
      const client = new AwsClient({ ...CREDENTIALS, service, region: 'us-east-1', retries: 0 });
      const request = await client.sign(url, { aws: { datetime: '20150830T123600Z' } });
      const { pathname, search } = new URL(request.url);
      const result = await verify(
        {
          method: 'GET',
          path: pathname,
          rawQuery: search.slice(1),
          headers: { host: 'localhost:4566', ...Object.fromEntries(request.headers) },
        },
        { payloadHash: request.headers.get('x-amz-content-sha256') ?? EMPTY_SHA256 },
      );
      assert.equal(result, 'verified');
    });
  }
});

describe('a claim', () => {
  const base = { method: 'GET', path: '/', rawQuery: '' };
  test('is absent from an anonymous request', async () => {
    assert.equal(await verify({ ...base, headers: {} }), 'anonymous');
  });

  test('names what it lacks', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=a' };
    assert.deepEqual(await verify({ ...base, headers }), {
      kind: 'incomplete',
      place: 'header',
      lacks: ['Signature', 'SignedHeaders', 'Date'],
      text: headers.authorization,
    });
  });

  test('of another algorithm is refused', async () => {
    assert.equal(
      await refusalKind({ ...base, headers: { authorization: 'Bearer x' } }),
      'algorithm',
    );
  });

  test('that signs no host is refused', async () => {
    const request = await signed('sqs', { method: 'GET', path: '/' });
    const authorization = request.headers['authorization']?.replace('host;', '') ?? '';
    const headers = { ...request.headers, authorization };
    assert.deepEqual(await verify({ ...request, headers }), {
      kind: 'unsigned-headers',
      names: ['host'],
    });
  });
});
