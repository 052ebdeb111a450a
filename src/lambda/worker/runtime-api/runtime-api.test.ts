import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { describe, it } from 'node:test';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { RuntimeClient } from '../../../adapters/simulated-sandbox/simulated-runtime.ts';
import { RESPONSE_BYTES_MAX, RUNTIME_CONNECTIONS_MAX } from '../limits.ts';
import { RuntimeApi } from './runtime-api.ts';

const API = '/2018-06-01/runtime';
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** A Runtime API whose listener writes down what it hears. */
function start(): { readonly api: RuntimeApi; readonly heard: string[]; connect(): RuntimeClient } {
  const heard: string[] = [];
  const api = new RuntimeApi(
    {
      onReady: () => heard.push('ready'),
      onResponse: (payload) =>
        heard.push(`response ${payload.length > 99 ? payload.length : textOf(payload)}`),
      onResponseTooLarge: (bytes) => heard.push(`too large ${bytes}`),
      onStream: () => ({
        bytesMax: 100,
        onData: (data) => {
          heard.push(`data ${data.toString()}`);
          return true;
        },
        onEnd: () => heard.push('end'),
        onTooLarge: () => heard.push('stream too large'),
        onCut: () => heard.push('cut'),
      }),
      onError: ({ errorType, payload }) => heard.push(`error ${errorType} ${textOf(payload)}`),
      onInitError: ({ errorType }) => heard.push(`init error ${errorType}`),
      onBindRequest: () => heard.push('bind'),
    },
    quiet,
  );
  const connect = (): RuntimeClient => {
    const [inside, outside] = duplexPair();
    api.accept(outside);
    return new RuntimeClient(inside);
  };
  return { api, heard, connect };
}

function event(requestId: string) {
  return {
    requestId,
    payload: utf8(`"${requestId}"`),
    headerLines: `Lambda-Runtime-Aws-Request-Id: ${requestId}\r\n`,
    deadlineMs: 0,
    invokedFunctionArn: 'arn',
    traceHeader: 'Root=1',
  };
}

describe('the Runtime API', () => {
  it('gives an event, takes its response, and gives the next', async () => {
    const { api, heard, connect } = start();
    const client = connect();
    api.deliver(event('one'));
    const first = await client.next();
    assert.equal(first.payload, '"one"');
    const accepted = await client.post(`${API}/invocation/one/response`, 'done');
    assert.equal(accepted.status, 202);
    assert.equal(accepted.body, '{"status":"OK"}\n');
    api.deliver(event('two'));
    assert.equal((await client.next()).requestId, 'two');
    assert.deepEqual(heard, ['ready', 'response done', 'ready']);
  });

  it('gives an event that comes while the runtime waits', async () => {
    const { api, connect } = start();
    const next = connect().next();
    await new Promise(setImmediate);
    api.deliver(event('one'));
    assert.equal((await next).requestId, 'one');
  });

  it('refuses ids other than that of the event in hand', async () => {
    const { api, heard, connect } = start();
    const client = connect();
    const early = await client.post(`${API}/invocation/one/response`, 'x');
    assert.equal(early.status, 400);
    assert.equal(
      early.body,
      '{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}\n',
    );
    api.deliver(event('one'));
    await client.next();
    assert.equal((await client.post(`${API}/invocation/two/response`, 'x')).status, 400);
    assert.equal((await client.post(`${API}/invocation/two/error`, 'x')).status, 400);
    assert.equal((await client.post(`${API}/invocation/one/response`, 'x')).status, 202);
    const again = await client.post(`${API}/invocation/one/response`, 'x');
    assert.equal(again.status, 403);
    assert.match(again.body, /"errorType":"InvalidStateTransition"/);
    assert.equal((await client.post(`${API}/invocation/one/error`, 'x')).status, 403);
    assert.deepEqual(heard, ['ready', 'response x']);
  });

  it('refuses a second body while one is on its way', async () => {
    const { api, heard, connect } = start();
    const [inside, outside] = duplexPair();
    api.accept(outside);
    const client = connect();
    api.deliver(event('one'));
    await client.next();
    inside.write(`POST ${API}/invocation/one/response HTTP/1.1\r\nContent-Length: 4\r\n\r\nab`);
    await new Promise(setImmediate);
    assert.equal((await client.post(`${API}/invocation/one/response`, 'mine')).status, 403);
    inside.write('cd');
    await new Promise(setImmediate);
    assert.deepEqual(heard, ['ready', 'response abcd']);
  });

  it('lets a response be sent again that was cut', async () => {
    const { api, heard, connect } = start();
    const [inside, outside] = duplexPair();
    api.accept(outside);
    const client = connect();
    api.deliver(event('one'));
    await client.next();
    inside.write(`POST ${API}/invocation/one/response HTTP/1.1\r\nContent-Length: 4\r\n\r\nab`);
    await new Promise(setImmediate);
    inside.destroy();
    await new Promise(setImmediate);
    assert.equal((await client.post(`${API}/invocation/one/response`, 'whole')).status, 202);
    assert.deepEqual(heard, ['ready', 'response whole']);
  });

  it('takes a response of 6 MB and 100 bytes, and no byte more', async () => {
    for (const [bytes, status, said] of [
      [RESPONSE_BYTES_MAX, 202, `response ${RESPONSE_BYTES_MAX}`],
      [RESPONSE_BYTES_MAX + 1, 413, `too large ${RESPONSE_BYTES_MAX + 1}`],
    ] as const) {
      const { api, heard, connect } = start();
      const client = connect();
      api.deliver(event('one'));
      await client.next();
      const answer = await client.post(`${API}/invocation/one/response`, 'x'.repeat(bytes));
      assert.equal(answer.status, status);
      assert.deepEqual(heard, ['ready', said]);
    }
  });

  it('refuses a response mode that it does not know', async () => {
    const { api, heard, connect } = start();
    const client = connect();
    api.deliver(event('one'));
    await client.next();
    const mode = 'Lambda-Runtime-Function-Response-Mode: other\r\n';
    const answer = await client.post(`${API}/invocation/one/response`, 'x', mode);
    assert.equal(answer.status, 400);
    assert.match(answer.body, /InvalidFunctionResponseMode/);
    assert.deepEqual(heard, ['ready', 'error Runtime.InvalidResponseModeHeader ']);
  });

  it('takes an error of the init before the first event alone', async () => {
    const { api, heard, connect } = start();
    const client = connect();
    const type = 'Lambda-Runtime-Function-Error-Type: Runtime.X\r\n';
    assert.equal((await client.post(`${API}/init/error`, '{}', type)).status, 202);
    assert.equal((await client.post(`${API}/init/error`, '{}', type)).status, 403);
    assert.deepEqual(heard, ['init error Runtime.X']);
    const late = start();
    const second = late.connect();
    late.api.deliver(event('one'));
    await second.next();
    assert.equal((await second.post(`${API}/init/error`, '{}')).status, 403);
    assert.deepEqual(api && late.heard, ['ready']);
  });

  it('answers what is not there, and wrong methods', async () => {
    const { connect } = start();
    const client = connect();
    assert.equal((await client.request('GET', '/')).status, 404);
    assert.equal((await client.request('GET', `${API}/invocation/one/response`)).status, 404);
    assert.equal((await client.post(`${API}/invocation/next`, '')).status, 405);
  });

  it('holds a bounded number of connections', () => {
    const { api } = start();
    const outsides = Array.from({ length: RUNTIME_CONNECTIONS_MAX + 1 }, () => {
      const [inside, outside] = duplexPair();
      inside.on('error', () => {});
      api.accept(outside);
      return outside;
    });
    assert.equal(outsides.at(-2)?.destroyed, false);
    assert.equal(outsides.at(-1)?.destroyed, true);
  });
});
