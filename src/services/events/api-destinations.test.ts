import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  CreateConnectionAuthRequestParameters,
  Target,
} from '#aws/models/events.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { HttpAnswer } from '#ports/world/http-client.ts';
import { ACCOUNT, DEAD_LETTERS, openHarness, type Harness } from './harness.test.ts';

const BASIC = { BasicAuthParameters: { Username: 'user', Password: 'pass' } };
const OAUTH = {
  OAuthParameters: {
    ClientParameters: { ClientID: 'client', ClientSecret: 'client secret' },
    AuthorizationEndpoint: 'https://id.example/token',
    HttpMethod: 'POST',
  },
};
const status = (code: number, more: object = {}): HttpAnswer => ({
  kind: 'answered',
  status: code,
  ...more,
});
const token = (text: string, seconds = 3600): HttpAnswer =>
  status(200, { body: utf8(JSON.stringify({ access_token: text, expires_in: seconds })) });

/** A running service with a connection, a destination, and a rule that has it as target. */
async function open(
  auth: CreateConnectionAuthRequestParameters,
  { target = {}, destination = {} }: { target?: Partial<Target>; destination?: object } = {},
) {
  const harness = await openHarness();
  const { call, events, clock, httpAnswers } = harness;
  const type = auth.OAuthParameters
    ? 'OAUTH_CLIENT_CREDENTIALS'
    : auth.ApiKeyAuthParameters
      ? 'API_KEY'
      : 'BASIC';
  if (type.startsWith('OAUTH')) httpAnswers.push(token('t1'));
  const { ConnectionArn = '' } = await call('CreateConnection', {
    Name: 'c',
    AuthorizationType: type,
    AuthParameters: auth,
  });
  const { ApiDestinationArn = '' } = await call('CreateApiDestination', {
    Name: 'd',
    ConnectionArn,
    InvocationEndpoint: 'https://api.example/orders',
    HttpMethod: 'POST',
    ...destination,
  });
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/r`;
  await harness.makeRule({ source: ['shop'] }, { Arn: ApiDestinationArn, RoleArn, ...target });
  const ending = new AbortController();
  const running = events.run(ending.signal);
  await clock.settle();
  const end = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  return { ...harness, arn: ApiDestinationArn, end };
}

async function put(harness: Harness, detail: unknown = { id: 7 }): Promise<void> {
  await harness.put(detail);
  await harness.clock.settle();
}

describe('an event for an API destination', () => {
  it('is sent as JSON, with the connection’s name and password', async () => {
    const harness = await open(BASIC);
    await put(harness);
    const [request] = harness.requests;
    assert.equal(request?.url, 'https://api.example/orders');
    assert.equal(request?.method, 'POST');
    assert.deepEqual(request?.headers, {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Amazon/EventBridge/ApiDestinations',
      range: 'bytes=0-1048575',
      'accept-encoding': 'gzip,deflate',
      authorization: `Basic ${Buffer.from('user:pass').toString('base64')}`,
    });
    const event = JSON.parse(textOf(request.body)) as { detail: unknown };
    assert.deepEqual(event.detail, { id: 7 });
    assert.deepEqual(harness.metrics, ['MatchedEvents', 'TriggeredRules', 'Invocations']);
    await harness.end();
  });

  it('takes parameters of target and connection; the connection’s hold, and members join an object', async () => {
    const parameter = (Key: string, Value: string) => [{ Key, Value, IsValueSecret: true }];
    const harness = await open(
      {
        ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'k' },
        InvocationHttpParameters: {
          HeaderParameters: parameter('X-Both', 'connection'),
          QueryStringParameters: parameter('q', 'a b'),
          BodyParameters: parameter('tenant', 't'),
        },
      },
      {
        destination: { InvocationEndpoint: 'https://api.example/*/items/*' },
        target: {
          InputPath: '$.detail',
          HttpParameters: {
            PathParameterValues: ['$.detail.id', 'x/y'],
            HeaderParameters: { 'X-Both': 'target', 'X-Id': '$.id', 'User-Agent': 'mine' },
            QueryStringParameters: { q: 'target', from: '$.detail.where' },
          },
        },
      },
    );
    await put(harness, { id: 7, where: { city: 'Seoul' } });
    const [request] = harness.requests;
    const url = new URL(request?.url ?? '');
    assert.equal(url.pathname, '/7/items/x%2Fy');
    assert.deepEqual(Object.fromEntries(url.searchParams), { q: 'a b', from: '{"city":"Seoul"}' });
    assert.equal(request?.headers['x-key'], 'k');
    assert.equal(request?.headers['x-both'], 'connection');
    assert.match(request?.headers['x-id'] ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(request?.headers['user-agent'], 'Amazon/EventBridge/ApiDestinations');
    assert.equal(
      textOf(request?.body ?? new Uint8Array()),
      '{"id":7,"where":{"city":"Seoul"},"tenant":"t"}',
    );
    await harness.end();
  });

  it('carries a token that is asked for once, and anew when the server wants another', async () => {
    const harness = await open(OAUTH);
    const { requests, httpAnswers, clock } = harness;
    assert.equal(requests[0]?.url, 'https://id.example/token');
    assert.equal(
      textOf(requests[0]?.body ?? new Uint8Array()),
      'grant_type=client_credentials&client_id=client&client_secret=client+secret',
    );
    await put(harness);
    await put(harness);
    assert.deepEqual(
      requests.slice(1).map(({ headers }) => headers['authorization']),
      ['Bearer t1', 'Bearer t1'],
    );
    httpAnswers.push(status(401), token('t2'));
    await put(harness);
    await clock.advance(5 * SECOND_MS);
    assert.deepEqual(
      requests.slice(3).map(({ headers }) => headers['authorization']),
      ['Bearer t1', undefined, 'Bearer t2'],
    );
    await clock.advance(2 * HOUR_MS);
    httpAnswers.push(token('t3'));
    await put(harness);
    assert.equal(requests.at(-1)?.headers['authorization'], 'Bearer t3');
    await harness.end();
  });

  it('is sent again after 409, 429, 5xx, silence, and no sooner than the server asks', async () => {
    const harness = await open(BASIC);
    const { requests, httpAnswers, clock } = harness;
    const failed = { kind: 'failed', reason: 'timeout' } as const;
    httpAnswers.push(status(500), status(409), status(429), failed);
    await put(harness);
    await clock.advance(MINUTE_MS);
    assert.equal(requests.length, 5);
    httpAnswers.push(status(503, { headers: { 'retry-after': '120' } }));
    await put(harness);
    await clock.advance(2 * MINUTE_MS - 1);
    assert.equal(requests.length, 6);
    await clock.advance(1);
    assert.equal(requests.length, 7);
    await harness.end();
  });

  it('is dead-lettered once the server refuses it', async () => {
    const target = { DeadLetterConfig: { Arn: DEAD_LETTERS } };
    for (const answer of [
      status(400),
      status(403),
      status(302),
      status(503, { headers: { 'retry-after': '-1' } }),
    ]) {
      const harness = await open(BASIC, { target });
      harness.httpAnswers.push(answer);
      await put(harness);
      assert.equal(harness.requests.length, 1);
      const [letter] = harness.deliveries;
      assert.equal(letter?.targetArn, DEAD_LETTERS);
      const attributes = letter.options?.attributes ?? {};
      assert.equal(attributes['ERROR_CODE']?.value, 'ERROR_FROM_TARGET');
      assert.equal(attributes['TARGET_ARN']?.value, harness.arn);
      assert.equal(attributes['RETRY_ATTEMPTS'], undefined);
      assert.deepEqual(harness.metrics, [
        'MatchedEvents',
        'TriggeredRules',
        'Invocations',
        'FailedInvocations',
        'InvocationsSentToDlq',
      ]);
      await harness.end();
    }
  });

  it('is dead-lettered after its last retry, or once it is too old', async () => {
    const DeadLetterConfig = { Arn: DEAD_LETTERS };
    const cases = [
      [{ MaximumRetryAttempts: 2 }, 3, 'MaximumRetryAttempts', '2'],
      [{ MaximumEventAgeInSeconds: 60 }, 6, 'MaximumEventAgeInSeconds', '5'],
      [{ MaximumRetryAttempts: 0 }, 1, 'MaximumRetryAttempts', '0'],
    ] as const;
    for (const [RetryPolicy, sent, condition, retries] of cases) {
      const harness = await open(BASIC, { target: { RetryPolicy, DeadLetterConfig } });
      for (let count = 0; count < 50; count += 1) harness.httpAnswers.push(status(500));
      await put(harness);
      await harness.clock.advance(HOUR_MS);
      const [letter] = harness.deliveries;
      const attributes = letter?.options?.attributes ?? {};
      assert.equal(attributes['EXHAUSTED_RETRY_CONDITION']?.value, condition);
      if (condition === 'MaximumRetryAttempts') {
        assert.equal(harness.requests.length, sent);
        assert.equal(attributes['RETRY_ATTEMPTS']?.value, retries);
      }
      assert.equal(harness.deliveries.length, 1);
      await harness.end();
    }
  });

  it('is kept over a restart, and sent once', async () => {
    const harness = await open(BASIC);
    await harness.end();
    await put(harness);
    assert.equal(harness.requests.length, 0);
    const ending = new AbortController();
    const running = harness.restart().run(ending.signal);
    await harness.clock.advance(HOUR_MS);
    assert.equal(harness.requests.length, 1);
    ending.abort();
    await running;
  });

  it('waits for its destination’s rate, and for no other’s', async () => {
    const harness = await open(BASIC, { destination: { InvocationRateLimitPerSecond: 2 } });
    for (let count = 0; count < 7; count += 1) await harness.put({ count });
    await harness.clock.settle();
    assert.equal(harness.requests.length, 2);
    await harness.clock.advance(SECOND_MS);
    assert.equal(harness.requests.length, 4);
    await harness.clock.advance(2 * SECOND_MS);
    assert.equal(harness.requests.length, 7);
    await harness.end();
  });

  it('is dead-lettered where destination, connection or its secrets are gone', async () => {
    const target = { DeadLetterConfig: { Arn: DEAD_LETTERS } };
    for (const [name, Name, code] of [
      ['DeleteApiDestination', 'd', 'NO_RESOURCE'],
      ['DeleteConnection', 'c', 'NO_RESOURCE'],
      ['DeauthorizeConnection', 'c', 'NO_PERMISSIONS'],
    ] as const) {
      const harness = await open(BASIC, { target });
      await harness.call(name, { Name });
      await put(harness);
      assert.equal(harness.requests.length, 0);
      assert.equal(harness.deliveries[0]?.options?.attributes?.['ERROR_CODE']?.value, code);
      await harness.end();
    }
  });
});

describe('an endpoint', () => {
  const refuses = (asked: Promise<unknown>, parameter: string): Promise<void> =>
    assert.rejects(asked, {
      message: `Parameter ${parameter} is not valid. Reason: Must be an HTTPS or HTTP URL.`,
    });

  it('is a URL of the web, of API destinations and of tokens', async () => {
    const harness = await open(BASIC);
    const { ConnectionArn = '' } = await harness.call('DescribeConnection', { Name: 'c' });
    for (const InvocationEndpoint of ['abc', 'ftp://a.example', 'https://', '/path']) {
      const input = { Name: 'e', ConnectionArn, InvocationEndpoint, HttpMethod: 'POST' };
      await refuses(harness.call('CreateApiDestination', input), 'InvocationEndpoint');
      await refuses(
        harness.call('UpdateApiDestination', { Name: 'd', InvocationEndpoint }),
        'InvocationEndpoint',
      );
      const oauth = { ...OAUTH.OAuthParameters, AuthorizationEndpoint: InvocationEndpoint };
      const AuthParameters = { OAuthParameters: oauth };
      const connection = {
        Name: 'o',
        AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
        AuthParameters,
      };
      await refuses(harness.call('CreateConnection', connection), 'AuthorizationEndpoint');
    }
    await harness.end();
  });

  it('that an event makes no URL of is a dead letter', async () => {
    const harness = await open(BASIC, {
      destination: { InvocationEndpoint: 'https://*/orders' },
      target: {
        HttpParameters: { PathParameterValues: ['$.detail.host'] },
        DeadLetterConfig: { Arn: DEAD_LETTERS },
      },
    });
    await put(harness, { host: 'a b' });
    assert.equal(harness.requests.length, 0);
    const attributes = harness.deliveries[0]?.options?.attributes;
    assert.equal(attributes?.['ERROR_CODE']?.value, 'INVALID_PARAMETER');
    await harness.end();
  });
});

describe('a connection', () => {
  const describe_ = (harness: Harness) => harness.call('DescribeConnection', { Name: 'c' });

  it('never tells its secrets', async () => {
    const secret = (Key: string) => [
      { Key, Value: 'hidden', IsValueSecret: true },
      { Key: `${Key}-open`, Value: 'shown', IsValueSecret: false },
    ];
    const parameters = {
      HeaderParameters: secret('h'),
      QueryStringParameters: secret('q'),
      BodyParameters: secret('b'),
    };
    for (const auth of [
      { ...BASIC, InvocationHttpParameters: parameters },
      { ApiKeyAuthParameters: { ApiKeyName: 'name', ApiKeyValue: 'hidden' } },
      { OAuthParameters: { ...OAUTH.OAuthParameters, OAuthHttpParameters: parameters } },
    ]) {
      const harness = await open(auth);
      const told = JSON.stringify([
        await describe_(harness),
        await harness.call('ListConnections', {}),
      ]);
      for (const word of ['hidden', 'pass', 'client secret']) assert.ok(!told.includes(word), word);
      if ('InvocationHttpParameters' in auth) assert.ok(told.includes('shown'));
      await harness.end();
    }
  });

  it('by OAuth is authorizing until its endpoint gives a token, and deauthorized when it never does', async () => {
    const harness = await openHarness();
    for (let count = 0; count < 4; count += 1) harness.httpAnswers.push(status(400));
    await harness.call('CreateConnection', {
      Name: 'c',
      AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
      AuthParameters: OAUTH,
    });
    const ending = new AbortController();
    const running = harness.events.run(ending.signal);
    await harness.clock.settle();
    assert.equal((await describe_(harness)).ConnectionState, 'AUTHORIZING');
    await harness.clock.advance(DAY_MS);
    const refused = await describe_(harness);
    assert.equal(refused.ConnectionState, 'DEAUTHORIZED');
    assert.match(refused.StateReason ?? '', /400/);
    harness.httpAnswers.push(token('t'));
    await harness.call('UpdateConnection', { Name: 'c', AuthParameters: OAUTH });
    await harness.clock.settle();
    const authorized = await describe_(harness);
    assert.equal(authorized.ConnectionState, 'AUTHORIZED');
    assert.equal(authorized.StateReason, undefined);
    ending.abort();
    await running;
  });

  it('changes its password and keeps the rest; another kind needs its own parameters', async () => {
    const harness = await open(BASIC);
    await harness.call('UpdateConnection', {
      Name: 'c',
      AuthParameters: { BasicAuthParameters: { Password: 'new' } },
    });
    await put(harness);
    assert.equal(
      harness.requests[0]?.headers['authorization'],
      `Basic ${Buffer.from('user:new').toString('base64')}`,
    );
    const halves = [
      { AuthorizationType: 'API_KEY' },
      {
        AuthorizationType: 'API_KEY',
        AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'n' } },
      },
      {
        AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
        AuthParameters: { OAuthParameters: { HttpMethod: 'POST' } },
      },
    ];
    for (const half of halves) {
      await assert.rejects(
        harness.call('UpdateConnection', { Name: 'c', ...half }),
        /must be specified/,
      );
    }
    await assert.rejects(
      harness.call('UpdateConnection', { Name: 'c', AuthorizationType: 'API_KEY' }),
      (error) => error instanceof AwsError && error.code === 'ValidationException',
    );
    await harness.end();
  });

  it('is refused twice, and is missed when it is gone: test_delete_connection', async () => {
    const harness = await open(BASIC);
    const again = { Name: 'c', AuthorizationType: 'BASIC', AuthParameters: BASIC };
    await assert.rejects(harness.call('CreateConnection', again), /already exists/);
    const gone = await harness.call('DeleteConnection', { Name: 'c' });
    assert.equal(gone.ConnectionState, 'DELETING');
    await assert.rejects(describe_(harness), (error) => {
      assert.ok(error instanceof AwsError);
      const message = "Failed to describe the connection(s). Connection 'c' does not exist.";
      assert.deepEqual([error.code, error.message], ['ResourceNotFoundException', message]);
      return true;
    });
    const destination = await harness.call('DescribeApiDestination', { Name: 'd' });
    assert.equal(destination.ApiDestinationState, 'INACTIVE');
    await harness.end();
  });
});
