import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { AuthorizerAnswers, type AuthorizerQuestion } from './authorizer-answers.ts';

const QUESTION: AuthorizerQuestion = {
  apiId: 'a1',
  stageName: 'dev',
  authorizerId: 'one',
  identity: ['ada'],
  ttlSeconds: 10,
};

/** Answers that count how often somebody was asked. */
function counted(clock = new SimulatedClock()) {
  const answers = new AuthorizerAnswers<{ readonly turn: number }>(clock);
  let turn = 0;
  const find = async (more: Partial<AuthorizerQuestion> = {}) =>
    (await answers.find({ ...QUESTION, ...more }, async () => ({ turn: ++turn }))).turn;
  return { answers, clock, find };
}

test('an answer is remembered for its time, and then asked for anew', async () => {
  const { clock, find } = counted();
  assert.equal(await find(), 1);
  await clock.advance(9999);
  assert.equal(await find(), 1);
  await clock.advance(1);
  assert.equal(await find(), 2);
});

test('an answer is of one caller, authorizer and stage', async () => {
  const { answers, find } = counted();
  const others = [
    {},
    { identity: ['bob'] },
    { authorizerId: 'two' },
    { stageName: 'de' },
    { apiId: 'a' },
  ];
  for (const [index, other] of others.entries()) assert.equal(await find(other), index + 1);
  answers.forget('a1', 'dev');
  assert.deepEqual([await find({ stageName: 'de' }), await find({ apiId: 'a' })], [4, 5]);
  assert.equal(await find(), 6);
});

test('nothing is remembered without an identity, a time or an answer', async () => {
  const { answers, find } = counted();
  assert.deepEqual([await find({ identity: [] }), await find({ identity: [] })], [1, 2]);
  assert.deepEqual([await find({ ttlSeconds: 0 }), await find({ ttlSeconds: 0 })], [3, 4]);
  assert.equal(await answers.find(QUESTION, async () => undefined), undefined);
  assert.equal(await find(), 5);
});

test('an answer that was under way when its stage was forgotten is told, and not remembered', async () => {
  const { answers, find } = counted();
  const { promise, resolve } = Promise.withResolvers<{ readonly turn: number }>();
  const underWay = answers.find(QUESTION, () => promise);
  answers.forget('a1', 'dev');
  resolve({ turn: 0 });
  assert.deepEqual(await underWay, { turn: 0 });
  assert.deepEqual([await find(), await find()], [1, 1]);
});
