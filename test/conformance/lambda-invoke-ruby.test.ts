/** Functions in Ruby, on our own runtime client, in real processes. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { payloadOf } from '../support/invoke-plane.ts';
import { PATIENT_TIMEOUT_MS, RealPlane } from '../support/real-plane.ts';

const isHere = existsSync('/usr/bin/ruby');
const options = isHere ? {} : { skip: 'there is no Ruby here: apt-get install ruby' };

describe('functions in Ruby', options, () => {
  let plane: RealPlane;
  before(async () => {
    plane = await RealPlane.open();
  });
  after(async () => plane[Symbol.asyncDispose]());

  async function call(
    source: string,
    event: unknown = {},
    overrides: Partial<FunctionVersion> = {},
  ) {
    const ruby = { runtime: 'ruby3.4', handler: 'function.handler', ...overrides };
    return plane.invoke(plane.deploy({ 'function.rb': source }, ruby), event);
  }

  it('are called with event and context by name', async () => {
    const outcome = await call(
      `def handler(event:, context:)
        { event: event, name: context.function_name, memory: context.memory_limit_in_mb,
          hasTime: context.get_remaining_time_in_millis.between?(${PATIENT_TIMEOUT_MS / 2}, ${PATIENT_TIMEOUT_MS}),
          arn: context.invoked_function_arn, trace: ENV['_X_AMZN_TRACE_ID'].nil?,
          directory: Dir.pwd == File.realpath(ENV['LAMBDA_TASK_ROOT']), left: ENV.key?('HEARTH_LAYERS_ROOT') }
      end`,
      { text: 'ä😀', list: [1, null] },
      { functionName: 'ruby-hello' },
    );
    const { directory, ...answer } = JSON.parse(await payloadOf(outcome));
    assert.equal(directory, true);
    assert.deepEqual(answer, {
      event: { text: 'ä😀', list: [1, null] },
      name: 'ruby-hello',
      memory: '128',
      hasTime: true,
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:ruby-hello',
      trace: false,
      left: false,
    });
  });

  it('find gems that were packed for the version that they name', async () => {
    const gems = 'vendor/bundle/ruby/3.4.0';
    const files = {
      'function.rb': "require 'greeting'\ndef handler(event:, context:) = Greeting::TEXT",
      [`${gems}/gems/greeting-1.0.0/lib/greeting.rb`]: "module Greeting; TEXT = 'hi'; end",
      [`${gems}/specifications/greeting-1.0.0.gemspec`]: `Gem::Specification.new do |s|
        s.name = 'greeting'
        s.version = '1.0.0'
        s.summary = 'greets'
        s.authors = ['nobody']
        s.require_paths = ['lib']
      end`,
    };
    const name = plane.deploy(files, { runtime: 'ruby3.4', handler: 'function.handler' });
    assert.equal(await plane.answer(name, {}), '"hi"');
  });

  it('may be methods of a class, in a file below', async () => {
    const source = `module Shop
      class Handler
        def self.process(event:, context:) = event['n'] + 1
      end
    end`;
    const name = plane.deploy(
      { 'lib/shop.rb': source },
      { runtime: 'ruby3.4', handler: 'lib/shop.Shop::Handler.process' },
    );
    assert.equal(await payloadOf(await plane.invoke(name, { n: 1 })), '2');
  });

  it('tell of errors as AWS does, and go on', async () => {
    const source = `$calls = 0
      def handler(event:, context:)
        $calls += 1
        raise ArgumentError, 'it broke' if event['fail']
        $calls
      end`;
    const name = plane.deploy(
      { 'function.rb': source },
      { runtime: 'ruby3.4', handler: 'function.handler' },
    );
    const outcome = await plane.invoke(name, { fail: true });
    assert.ok(outcome.kind === 'failed');
    await outcome.report;
    const failed = JSON.parse(await payloadOf(outcome));
    assert.equal(failed.errorMessage, 'it broke');
    assert.equal(failed.errorType, 'Function<ArgumentError>');
    assert.equal(failed.stackTrace.length, 1);
    assert.match(failed.stackTrace[0], /function\.rb:4:in .*handler/);
    assert.match(
      plane.messages.join(''),
      /Error raised from handler method\n\{\n {2}"errorMessage"/,
    );
    assert.equal(await payloadOf(await plane.invoke(name, {})), '2');
  });

  it('answer what is no JSON with an error', async () => {
    const outcome = await call('def handler(event:, context:) = 0.0 / 0.0');
    assert.match(await payloadOf(outcome), /Function<JSON::GeneratorError>/);
  });

  it('tell why they could not be loaded', async () => {
    const outcome = await call('def handler(event:', {});
    const { errorType, errorMessage } = JSON.parse(await payloadOf(outcome));
    assert.equal(errorType, 'Init<SyntaxError>');
    assert.match(errorMessage, /function\.rb/);
    const missing = await call('', {}, { handler: 'nothing.handler' });
    assert.match(await payloadOf(missing), /"errorType":"Init<LoadError>"/);
  });

  it('print into their log', async () => {
    const outcome = await call("def handler(event:, context:) = puts('said by Ruby')");
    assert.equal(await payloadOf(outcome), 'null');
    assert.ok(outcome.kind === 'returned');
    await outcome.report;
    assert.ok(plane.messages.includes('said by Ruby\n'));
  });

  it('are one message of their log with each puts, and with each line of a Logger', async () => {
    const source = `$logger = Logger.new($stdout)
      def handler(event:, context:)
        puts "two\\nlines", [1, nil]
        $stdout.puts "plain\\nlines"
        $logger.info("first\\nsecond")
        Logger.new($stderr, level: :warn, progname: 'shop').info('hidden')
        Logger.new(nil, progname: 'shop', datetime_format: '%Y').error(ArgumentError.new('it broke'))
        [StringIO.new('x').read, $LOAD_PATH.grep(/shims/)]
      end`;
    const first = plane.messages.length;
    const outcome = await call(source);
    assert.equal(await payloadOf(outcome), '["x",[]]');
    assert.ok(outcome.kind === 'returned');
    const { requestId } = await outcome.report;
    const lines = plane.messages
      .slice(first)
      .filter((line) => !/^(INIT_|START|END|REPORT)/.test(line));
    assert.deepEqual(lines.slice(0, 3), ['two\nlines\n1\n', 'plain\n', 'lines\n']);
    const [info = '', error = ''] = lines.slice(3);
    assert.match(
      info,
      /^I, \[\d{4}-\d\d-\d\dT[\d:.]+ #\d+\] {2}INFO [0-9a-f-]{36} -- : first\nsecond\n$/,
    );
    assert.ok(info.includes(requestId));
    assert.match(
      error,
      /^E, \[\d{4} #\d+\] ERROR [0-9a-f-]{36} -- shop: it broke \(ArgumentError\)\n/,
    );
    assert.equal(lines.length, 5);
  });

  // As AWS's client writes them since 2026.
  it('log JSON where they are told to, from the level that they want', async () => {
    const logging = {
      format: 'JSON',
      applicationLevel: 'WARN',
      systemLevel: 'WARN',
      logGroup: '/aws/lambda/json',
    } as const;
    const source = `require 'logger'
      def handler(event:, context:)
        logger = Logger.new($stdout, progname: 'shop')
        logger.info('hidden')
        logger.warn('shown')
        raise 'it broke'
      rescue => e
        logger.error(e)
      end`;
    const first = plane.messages.length;
    const outcome = await call(source, {}, { logging });
    await (outcome.kind === 'throttled' ? undefined : outcome.report);
    const lines = plane.messages.slice(first).map((line) => JSON.parse(line));
    assert.equal(lines.length, 2);
    const { timestamp, requestId, ...shown } = lines[0];
    assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.match(requestId, /^[0-9a-f-]{36}$/);
    assert.deepEqual(shown, { level: 'WARN', message: 'shown', logger: 'shop' });
    const { errorType, errorMessage, location } = lines[1];
    assert.deepEqual([errorType, errorMessage], ['RuntimeError', 'it broke']);
    assert.match(location, /function\.rb:handler:6$/);
  });

  it('end after a name that is not there, once they have told of it', async () => {
    const source = `$calls = 0
      def handler(event:, context:)
        $calls += 1
        nil.missing if event['fail']
        $calls
      end`;
    const options = { runtime: 'ruby3.4', handler: 'function.handler' };
    const name = plane.deploy({ 'function.rb': source }, options);
    for (const [fail, answer] of [
      [false, /^1$/],
      [true, /"errorType":"Function<NoMethodError>"/],
      [false, /^1$/],
    ] as const) {
      const outcome = await plane.invoke(name, { fail });
      assert.match(await payloadOf(outcome), answer);
      await (outcome.kind === 'throttled' ? undefined : outcome.report);
    }
    assert.ok(plane.messages.includes('Critical exception from handler\n'));
  });

  it('print bytes that are no text, and nothing, without an error', async () => {
    const first = plane.messages.length;
    const outcome = await call(
      'def handler(event:, context:)\n  puts "a\\xff".b\n  puts\n  puts []\n  puts nil, :symbol\nend',
    );
    assert.equal(await payloadOf(outcome), 'null');
    await (outcome.kind === 'throttled' ? undefined : outcome.report);
    const lines = plane.messages
      .slice(first)
      .filter((line) => !/^(INIT_|START|END|REPORT)/.test(line));
    assert.deepEqual(lines, ['a\ufffd\n', '\n', '\n', '\nsymbol\n']);
  });

  it('are crashes where they exit', async () => {
    const outcome = await call('def handler(event:, context:) = exit!(3)');
    assert.match(await payloadOf(outcome), /Runtime exited with error: exit status 3/);
  });

  it('run in sandboxes that waited for them', async () => {
    await using warm = await RealPlane.open({
      stemCells: { min: 1, max: 1, bootsMax: 1, memoryMiB: 16 },
      warmRuntimes: ['ruby3.4'],
    });
    const name = warm.deploy(
      { 'function.rb': "def handler(event:, context:) = ENV['GREETING']" },
      {
        runtime: 'ruby3.4',
        handler: 'function.handler',
        environmentVariables: { GREETING: 'bound late' },
      },
    );
    const end = new AbortController();
    const running = warm.plane.run(end.signal);
    const untilMs = performance.now() + 10_000;
    while (warm.plane.stats().stemCells === 0) {
      assert.ok(performance.now() < untilMs, 'no sandbox waits');
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
    assert.equal(await payloadOf(await warm.invoke(name)), '"bound late"');
    end.abort();
    await running;
  });
});
