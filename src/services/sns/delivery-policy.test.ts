import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DEFAULT_RETRY_POLICY,
  deliveryPolicyRefusal,
  effectivePolicy,
  effectiveTopicPolicy,
  normalSubscriptionPolicy,
  normalTopicPolicy,
  retryDelayMs,
  type RetryPolicy,
} from './delivery-policy.ts';

const of = (policy: object) => ({ attributes: { DeliveryPolicy: JSON.stringify(policy) } });
const NONE = { attributes: {} };

function delays(policy: Partial<RetryPolicy>): (number | undefined)[] {
  const whole = { ...DEFAULT_RETRY_POLICY, ...policy };
  return Array.from({ length: whole.numRetries + 1 }, (_, index) =>
    retryDelayMs(whole, index + 1),
  ).map((delayMs) => delayMs && delayMs / 1000);
}

describe('a delivery policy', () => {
  it('tries three times, twenty seconds apart, where nothing is said', () => {
    assert.deepEqual(delays({}), [20, 20, 20, undefined]);
  });

  it('tries without delay, then at the least, then growing, then at the most', () => {
    const phases = {
      numRetries: 8,
      numNoDelayRetries: 2,
      numMinDelayRetries: 1,
      numMaxDelayRetries: 2,
      minDelayTarget: 10,
      maxDelayTarget: 50,
    };
    assert.deepEqual(delays(phases), [0, 0, 10, 10, 30, 50, 50, 50, undefined]);
  });

  it('grows by its function, from the least to the most', () => {
    const growing = { numRetries: 4, minDelayTarget: 1, maxDelayTarget: 8 };
    for (const [backoffFunction, last] of [
      ['linear', 8],
      ['arithmetic', 8],
      ['geometric', 8],
      ['exponential', 8],
    ] as const) {
      const found = delays({ ...growing, backoffFunction });
      assert.equal(found[0], 1, backoffFunction);
      assert.equal(found[3], last, backoffFunction);
    }
    assert.deepEqual(
      delays({ ...growing, backoffFunction: 'exponential' }).slice(0, 4),
      [1, 2, 4, 8],
    );
  });

  // Recorded in test_topic_delivery_policy_crud.
  it('of a topic is kept without nothings, and completed by the defaults', () => {
    const retries = { minDelayTarget: 5, maxDelayTarget: 6, numRetries: 1 };
    const kept = normalTopicPolicy(
      JSON.stringify({ http: { defaultHealthyRetryPolicy: retries, defaultRequestPolicy: null } }),
    );
    assert.deepEqual(JSON.parse(kept), {
      http: { defaultHealthyRetryPolicy: retries, disableSubscriptionOverrides: false },
    });
    assert.deepEqual(effectiveTopicPolicy({ attributes: { DeliveryPolicy: kept } }), {
      defaultHealthyRetryPolicy: { ...DEFAULT_RETRY_POLICY, ...retries },
      disableSubscriptionOverrides: false,
      defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
    });
  });

  // Recorded in test_subscribe_external_http_endpoint_content_type.
  it("of a subscription goes before its topic's, unless that forbids it", () => {
    const requestPolicy = { headerContentType: 'text/csv' };
    assert.deepEqual(normalSubscriptionPolicy(JSON.stringify({ requestPolicy })), {
      healthyRetryPolicy: null,
      sicklyRetryPolicy: null,
      throttlePolicy: null,
      requestPolicy,
      guaranteed: false,
    });
    const topic = { defaultRequestPolicy: { headerContentType: 'application/json' } };
    const typeOf = (http: object, own: object): string =>
      effectivePolicy(http === NONE ? NONE : of({ http }), own === NONE ? NONE : of(own))
        .requestPolicy.headerContentType;
    assert.equal(typeOf(topic, { requestPolicy }), 'text/csv');
    assert.equal(typeOf(topic, NONE), 'application/json');
    const strict = { ...topic, disableSubscriptionOverrides: true };
    assert.equal(typeOf(strict, { requestPolicy }), 'application/json');
    assert.equal(typeOf(NONE, NONE), 'text/plain; charset=UTF-8');
  });

  it('is refused where it cannot be followed', () => {
    const refusal = (retries: object): string | undefined =>
      deliveryPolicyRefusal(JSON.stringify({ healthyRetryPolicy: retries }));
    assert.equal(deliveryPolicyRefusal('['), 'failed to parse JSON.');
    assert.equal(refusal({ numRetries: 100 }), undefined);
    assert.equal(refusal({ numRetries: 101 }), 'numRetries must be between 0 and 100');
    assert.equal(refusal({ numRetries: 'many' }), 'numRetries must be between 0 and 100');
    assert.equal(refusal({ minDelayTarget: 3600, maxDelayTarget: 3600 }), undefined);
    assert.equal(refusal({ maxDelayTarget: 3601 }), 'maxDelayTarget must be between 0 and 3600');
    assert.equal(refusal({ minDelayTarget: 21 }), 'minDelayTarget must not exceed maxDelayTarget');
    assert.equal(refusal({ backoffFunction: 'slow' }), 'backoffFunction is invalid');
  });
});
