import assert from 'node:assert/strict';
import { verify, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import type { SurfaceExchange } from '#aws/operation.ts';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import { ACCOUNT, openHarness, TOPIC, type Harness } from './harness.test.ts';

const DEAD_LETTERS = `arn:aws:sqs:us-east-1:${ACCOUNT}:dead-letters`;
const WEB = { Protocol: 'http', Endpoint: 'http://web.example/hook' };

/** What the server answers at one of its links, without a signature. */
async function follow({ sns }: Harness, link: string): Promise<string> {
  const { pathname, searchParams } = new URL(link);
  const head = { path: pathname, query: searchParams, method: 'GET', headers: {}, sourceIp: '::1' };
  assert.ok(sns.surface.match(head));
  const exchange: SurfaceExchange = {
    request: { ...head, body: (async function* () {})() },
    requestId: 'request',
    signal: new AbortController().signal,
    authenticate: async () => undefined,
  };
  const { body } = await sns.surface.handle(exchange);
  return body instanceof Uint8Array ? textOf(body) : textOf(await collectBytes(body, 1e6));
}

/** Runs the background work while `durationMs` passes. */
async function pass({ sns, clock }: Harness, durationMs: number): Promise<void> {
  const stop = new AbortController();
  const running = sns.run(stop.signal);
  await clock.advance(durationMs);
  await clock.settle();
  stop.abort();
  await running;
}

function letter(harness: Harness, index: number): Record<string, string> {
  const post = harness.posts[index];
  assert.ok(post);
  return JSON.parse(textOf(post.body)) as Record<string, string>;
}

/** Subscribes the web server, and follows the link that it is sent. */
async function confirmed(attributes: Record<string, string> = {}): Promise<Harness> {
  const harness = await openHarness();
  await harness.subscribed(attributes, WEB);
  await pass(harness, 0);
  const answer = await follow(harness, letter(harness, 0)['SubscribeURL'] ?? '');
  assert.match(answer, /<ConfirmSubscriptionResult><SubscriptionArn>arn:aws:sns:.*:topic:/);
  harness.posts.length = 0;
  return harness;
}

function textToSign(body: Readonly<Record<string, string>>, names: readonly string[]): Buffer {
  return Buffer.from(names.map((name) => `${name}\n${body[name]}\n`).join(''));
}

describe('an endpoint on the web', () => {
  it('is asked to confirm, and receives nothing before', async () => {
    const harness = await openHarness();
    await harness.subscribed({}, WEB);
    await harness.call('Publish', { TopicArn: TOPIC, Message: 'early' });
    await pass(harness, 0);
    assert.equal(harness.posts.length, 1);
    const [post] = harness.posts;
    assert.equal(post?.url, WEB.Endpoint);
    assert.equal(post.headers['x-amz-sns-message-type'], 'SubscriptionConfirmation');
    assert.equal(letter(harness, 0)['Type'], 'SubscriptionConfirmation');
  });

  it('receives what is published after that, with AWS’s headers', async () => {
    const harness = await confirmed();
    const { MessageId } = await harness.call('Publish', { TopicArn: TOPIC, Message: 'text' });
    await pass(harness, 0);
    const [post] = harness.posts;
    assert.equal(letter(harness, 0)['Message'], 'text');
    const { 'x-amz-sns-subscription-arn': subscription, ...headers } = post?.headers ?? {};
    assert.match(subscription ?? '', new RegExp(`^${TOPIC}:`));
    assert.deepEqual(headers, {
      'accept-encoding': 'gzip,deflate',
      'content-type': 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': MessageId,
      'x-amz-sns-topic-arn': TOPIC,
    });
    await pass(harness, 60_000);
    assert.equal(harness.posts.length, 1);
  });

  it('receives the bare message where that was asked', async () => {
    const harness = await confirmed({ RawMessageDelivery: 'true' });
    await harness.call('Publish', { TopicArn: TOPIC, Message: 'text' });
    await pass(harness, 0);
    const [post] = harness.posts;
    assert.equal(post?.headers['x-amz-sns-rawdelivery'], 'true');
    assert.equal(textOf(post.body), 'text');
  });

  it('is tried again three times, twenty seconds apart, and then given up', async () => {
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: DEAD_LETTERS });
    const harness = await confirmed({ RedrivePolicy });
    harness.web.answer = { kind: 'answered', status: 503 };
    await harness.call('Publish', { TopicArn: TOPIC, Message: 'text' });
    await pass(harness, 0);
    assert.equal(harness.posts.length, 1);
    await pass(harness, 19_999);
    assert.equal(harness.posts.length, 1);
    await pass(harness, 1);
    assert.equal(harness.posts.length, 2);
    harness.web.answer = { kind: 'failed', reason: 'timeout' };
    await pass(harness, 40_000);
    assert.equal(harness.posts.length, 4);
    assert.deepEqual(
      harness.deliveries.map(({ targetArn }) => targetArn),
      [DEAD_LETTERS],
    );
    await pass(harness, 60_000);
    assert.equal(harness.posts.length, 4);
  });

  it('is tried again after as long where the clock is set back or ahead', async () => {
    const harness = await confirmed();
    harness.web.answer = { kind: 'answered', status: 503 };
    await harness.call('Publish', { TopicArn: TOPIC, Message: 'text' });
    await pass(harness, 0);
    for (const [index, byMs] of [-3_600_000, 7_200_000].entries()) {
      harness.clock.jump(byMs);
      await pass(harness, 19_999);
      assert.equal(harness.posts.length, index + 1);
      await pass(harness, 1);
      assert.equal(harness.posts.length, index + 2);
    }
  });

  it('is tried again as its own delivery policy says, and has its content type', async () => {
    const DeliveryPolicy = JSON.stringify({
      healthyRetryPolicy: { numRetries: 1, minDelayTarget: 5, maxDelayTarget: 5 },
      requestPolicy: { headerContentType: 'text/csv' },
    });
    const harness = await confirmed({ DeliveryPolicy });
    harness.web.answer = { kind: 'answered', status: 500 };
    await harness.call('Publish', { TopicArn: TOPIC, Message: 'hello' });
    await pass(harness, 4_999);
    assert.equal(harness.posts.length, 1);
    assert.equal(harness.posts[0]?.headers['content-type'], 'text/csv');
    await pass(harness, 1);
    assert.equal(harness.posts.length, 2);
    await pass(harness, 60_000);
    assert.equal(harness.posts.length, 2);
  });

  it('is not tried again when it refuses the request', async () => {
    const harness = await confirmed();
    harness.web.answer = { kind: 'answered', status: 404 };
    await harness.call('Publish', { TopicArn: TOPIC, Message: 'text' });
    await pass(harness, 60_000);
    assert.equal(harness.posts.length, 1);
  });

  it('holds up no other while it is slow', async () => {
    const harness = await confirmed();
    const slow = { Protocol: 'http', Endpoint: 'http://slow.example/' };
    await harness.subscribed({}, slow);
    const stop = new AbortController();
    void harness.sns.run(stop.signal);
    await harness.clock.settle();
    await harness.call('Publish', { TopicArn: TOPIC, Message: 'text' });
    await harness.clock.settle();
    assert.deepEqual(
      harness.posts.map(({ url }) => url),
      [slow.Endpoint, WEB.Endpoint],
    );
    stop.abort();
  });

  it('ends by its link', async () => {
    const harness = await confirmed();
    await harness.call('Publish', { TopicArn: TOPIC, Message: 'text' });
    await pass(harness, 0);
    await follow(harness, letter(harness, 0)['UnsubscribeURL'] ?? '');
    const { Subscriptions } = await harness.call('ListSubscriptions', {});
    assert.deepEqual(Subscriptions, []);
  });

  it('is told of its end, unless it never confirmed', async () => {
    const harness = await confirmed();
    const pending = await harness.subscribed(
      {},
      {
        Protocol: 'http',
        Endpoint: 'http://b.example/',
        ReturnSubscriptionArn: true,
      },
    );
    const { Subscriptions = [] } = await harness.call('ListSubscriptions', {});
    const arn = Subscriptions.find(({ Endpoint }) => Endpoint === WEB.Endpoint)?.SubscriptionArn;
    await pass(harness, 0);
    harness.posts.length = 0;
    for (const SubscriptionArn of [arn ?? '', pending]) {
      await harness.call('Unsubscribe', { SubscriptionArn });
    }
    await pass(harness, 0);
    assert.deepEqual(
      harness.posts.map(({ url }) => url),
      [WEB.Endpoint],
    );
    assert.equal(harness.posts[0]?.headers['x-amz-sns-message-type'], 'UnsubscribeConfirmation');
    assert.equal(harness.posts[0]?.headers['x-amz-sns-subscription-arn'], arn);
    const told = letter(harness, 0);
    assert.equal(told['Type'], 'UnsubscribeConfirmation');
    assert.match(told['Message'] ?? '', /^You have chosen to deactivate subscription arn:aws:sns:/);
  });
});

describe('a signature', () => {
  it('verifies with the certificate that the notification names, in either version', async () => {
    for (const [version, algorithm] of [
      ['1', 'sha1'],
      ['2', 'sha256'],
    ] as const) {
      const harness = await confirmed();
      await harness.call('SetTopicAttributes', {
        TopicArn: TOPIC,
        AttributeName: 'SignatureVersion',
        AttributeValue: version,
      });
      await harness.call('Publish', { TopicArn: TOPIC, Message: 'text', Subject: 'subject' });
      await pass(harness, 0);
      const body = letter(harness, 0);
      assert.equal(body['SignatureVersion'], version);
      const certificate = new X509Certificate(await follow(harness, body['SigningCertURL'] ?? ''));
      assert.equal(certificate.subject, 'CN=sns.amazonaws.com');
      assert.ok(certificate.verify(certificate.publicKey));
      assert.ok(Date.parse(certificate.validFrom) < harness.clock.now());
      assert.ok(Date.parse(certificate.validTo) > harness.clock.now());
      const names = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
      const signature = Buffer.from(body['Signature'] ?? '', 'base64');
      const holds = (message: Record<string, string>): boolean =>
        verify(algorithm, textToSign(message, names), certificate.publicKey, signature);
      assert.ok(holds(body));
      assert.ok(!holds({ ...body, Message: 'other' }));
    }
  });

  it('verifies for the letter that asks for confirmation', async () => {
    const harness = await openHarness();
    await harness.subscribed({}, WEB);
    await pass(harness, 0);
    const body = letter(harness, 0);
    const certificate = new X509Certificate(await follow(harness, body['SigningCertURL'] ?? ''));
    const names = [
      'Message',
      'MessageId',
      'SubscribeURL',
      'Timestamp',
      'Token',
      'TopicArn',
      'Type',
    ];
    const signature = Buffer.from(body['Signature'] ?? '', 'base64');
    assert.ok(verify('sha1', textToSign(body, names), certificate.publicKey, signature));
  });
});
