import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textOf } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import type { HttpExchange, HttpReply } from './runtime-api/http-connection.ts';
import { SandboxLine } from './sandbox-line.ts';

function ask(line: SandboxLine) {
  const replies: HttpReply[] = [];
  const exchange: HttpExchange = {
    head: {
      method: 'GET',
      path: '/hearth/bind',
      headers: new Map(),
      framing: { kind: 'length', bytes: 0 },
      keepsAlive: true,
      expectsContinue: false,
    },
    reply: (reply) => void replies.push(reply),
    resume: () => {},
    cut: () => {},
    isOpen: true,
  };
  line.onBindRequest(exchange);
  return { exchange, replies };
}

function openLine() {
  const line = new SandboxLine();
  const told = { booted: 0 };
  line.onBooted = () => {
    told.booted += 1;
  };
  return { line, told };
}

describe('a process that asks for its binding', () => {
  it('waits where somebody waits for it', () => {
    const { line, told } = openLine();
    const { exchange, replies } = ask(line);
    assert.deepEqual(replies, []);
    assert.equal(line.bindRequest, exchange);
    assert.equal(told.booted, 1);
  });

  it('is told once to practise where nobody does, and is booted when it asks again', () => {
    const { line, told } = openLine();
    line.mayPractise = true;
    const first = ask(line);
    assert.deepEqual(
      first.replies.map(({ status, body }) => [status, parseJson(textOf(body))]),
      [[200, { practise: true }]],
    );
    assert.equal(line.bindRequest, undefined);
    assert.equal(told.booted, 0);
    const second = ask(line);
    assert.deepEqual(second.replies, []);
    assert.equal(line.bindRequest, second.exchange);
    assert.equal(told.booted, 1);
  });
});
