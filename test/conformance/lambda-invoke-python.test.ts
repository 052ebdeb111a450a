/** Functions in Python and custom runtimes, run in real processes. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { payloadOf } from '../support/invoke-plane.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import { PATIENT_TIMEOUT_MS, RealPlane } from '../support/real-plane.ts';

let plane: RealPlane;
before(async () => {
  plane = await RealPlane.open();
});
after(async () => plane[Symbol.asyncDispose]());

async function call(name: string, event: unknown = {}): Promise<unknown> {
  const outcome = await plane.invoke(name, event);
  const value: unknown = JSON.parse(await payloadOf(outcome));
  // The log is whole with it, for whoever reads it next.
  await (outcome.kind === 'throttled' ? undefined : outcome.report);
  return value;
}

/** The log's messages of one more invocation. */
async function logOf(name: string): Promise<string[]> {
  const before = plane.messages.length;
  const outcome = await plane.invoke(name);
  await (outcome.kind === 'throttled' ? undefined : outcome.report);
  return plane.messages.slice(before);
}

describe('functions in Python', NEEDS_PYTHON, () => {
  function handler(code: string, overrides: Partial<FunctionVersion> = {}): string {
    return plane.deploy({ 'index.py': code }, { runtime: 'python3.12', ...overrides });
  }

  it('return what the handler returns, as JSON in the form of AWS', async () => {
    const name = handler('def handler(event, context):\n  return {"got": event, "é": None}');
    assert.equal(
      await payloadOf(await plane.invoke(name, { a: 1 })),
      '{"got": {"a": 1}, "é": null}',
    );
    const older = handler('def handler(event, context):\n  return "é"', { runtime: 'python3.11' });
    assert.equal(await payloadOf(await plane.invoke(older)), '"\\u00e9"');
  });

  it('return decimal numbers whole, and bytes as they are', async () => {
    const name = handler(
      'from decimal import Decimal\ndef handler(e, c):\n  return [Decimal("1.10"), Decimal("1E+3"), float("nan"), "\\x00decimal"]',
    );
    assert.equal(await payloadOf(await plane.invoke(name)), '[1.10, 1E+3, NaN, "\\u0000decimal"]');
    const bytes = handler('def handler(e, c):\n  return b"\\xff\\x00"');
    const outcome = await plane.invoke(bytes);
    assert.ok(outcome.kind === 'returned');
    assert.equal(outcome.contentType, 'application/unknown');
    for await (const chunk of outcome.payload) assert.deepEqual([...chunk], [255, 0]);
  });

  // As simplejson writes it, by which AWS's runtime does.
  it('return text as text, whatever it says of numbers', async () => {
    const name = handler(
      'from decimal import Decimal\ndef handler(e, c):\n  return [e, Decimal("1.10")]',
    );
    const event = '\u0000decimal:1, 2';
    assert.equal(
      await payloadOf(await plane.invoke(name, event)),
      `[${JSON.stringify(event)}, 1.10]`,
    );
  });

  it('answer keys and dictionaries that AWS refuses in its words', async () => {
    const refused = [
      ['{Decimal("1.5"): 1}', 'keys must be str, int, float, bool or None, not Decimal'],
      ['{(1, 2): 3}', 'keys must be str, int, float, bool or None, not tuple'],
      ['Own()', '_asdict() must return a dict, not list'],
    ] as const;
    for (const [value, why] of refused) {
      const name = handler(
        `from decimal import Decimal\nclass Own(list):\n  def _asdict(self):\n    return [1]\ndef handler(e, c):\n  return ${value}`,
      );
      const answer = await payloadOf(await plane.invoke(name));
      assert.ok(answer.includes(`Unable to marshal response: ${why}`), answer);
    }
  });

  it('return named tuples as objects, and bytes within as text', async () => {
    const name = handler(
      'from collections import namedtuple\nfrom decimal import Decimal\nPoint = namedtuple("Point", "x y")\nclass Own:\n  def _asdict(self):\n    return {"own": Decimal("1.10")}\ndef handler(e, c):\n  return {"point": Point(1, (b"\\xc3\\xa9",)), b"key": [Own()], "plain": (1, [None])}',
    );
    assert.equal(
      await payloadOf(await plane.invoke(name)),
      '{"point": {"x": 1, "y": ["é"]}, "key": [{"own": 1.10}], "plain": [1, [null]]}',
    );
    const endless = handler(
      'from collections import namedtuple\nPoint = namedtuple("Point", "x")\ndef handler(e, c):\n  a = [Point(1)]\n  a.append(a)\n  return a',
    );
    assert.match(
      await payloadOf(await plane.invoke(endless)),
      /Unable to marshal response: Circular reference detected/,
    );
  });

  it('find handlers in folders and packages', async () => {
    const files = { 'a/__init__.py': '', 'a/b.py': 'def go(e, c):\n  return __name__' };
    assert.equal(
      await call(plane.deploy(files, { runtime: 'python3.12', handler: 'a/b.go' })),
      'a.b',
    );
    assert.equal(
      await call(plane.deploy(files, { runtime: 'python3.12', handler: 'a.b.go' })),
      'a.b',
    );
  });

  it('find the packages of a layer', async () => {
    plane.write('python-layer', { 'python/greeting.py': 'WORD = "hello"' });
    const name = handler('import greeting\ndef handler(e, c):\n  return greeting.WORD', {
      layersDirectoryId: 'python-layer',
    });
    assert.equal(await call(name), 'hello');
  });

  it('see context and variables as AWS sets them', async () => {
    const name = handler(
      'import os\ndef handler(e, c):\n  return [c.aws_request_id, c.memory_limit_in_mb, c.function_version, c.get_remaining_time_in_millis(), c.client_context.custom["k"], c.identity.cognito_identity_id, os.environ["AWS_EXECUTION_ENV"], os.getcwd().endswith(c.function_name), "_X_AMZN_TRACE_ID" in os.environ, c.w3c()]',
    );
    const requestId = 'c1a7d0d0-0000-4000-8000-000000000001';
    const clientContext = Buffer.from(
      '{"custom":\n{"k":"vé"},"w3c":{"baggage":"b","x":"y"}}',
    ).toString('base64');
    const outcome = await plane.invoke(name, {}, { requestId, clientContext });
    const [id, memory, version, left, custom, identity, ...rest] = JSON.parse(
      await payloadOf(outcome),
    );
    assert.deepEqual([id, memory, version], [requestId, '128', '$LATEST']);
    assert.ok(left > PATIENT_TIMEOUT_MS / 2 && left <= PATIENT_TIMEOUT_MS, `${left}`);
    assert.deepEqual(
      [custom, identity, ...rest],
      ['vé', null, 'AWS_Lambda_python3.12', true, true, { baggage: 'b' }],
    );
  });

  // Recorded as TestLambdaErrors::test_lambda_handler_error.
  it('answer an error with its trace from the own code on', async () => {
    const name = handler('def handler(event, context):\n    raise Exception("Handler fails")\n');
    const requestId = 'c1a7d0d0-0000-4000-8000-000000000002';
    const outcome = await plane.invoke(name, {}, { requestId });
    assert.ok(outcome.kind === 'failed');
    await outcome.report;
    const { stackTrace, ...error } = JSON.parse(await payloadOf(outcome));
    assert.deepEqual(error, {
      errorMessage: 'Handler fails',
      errorType: 'Exception',
      requestId,
    });
    assert.equal(stackTrace.length, 1);
    assert.match(
      stackTrace[0],
      /^ {2}File ".*\/index\.py", line 2, in handler\n {4}raise Exception\("Handler fails"\)\n$/,
    );
    const [, logged] = await logOf(name);
    assert.match(
      logged ?? '',
      /^\[ERROR\] Exception: Handler fails\nTraceback \(most recent call last\):\n\u00a0\u00a0File ".*index\.py", line 2, in handler\n\u00a0{4}raise/,
    );
  });

  // Recorded as TestLambdaErrors::test_lambda_runtime_error.
  it('answer an error of the init with the frames of the import', async () => {
    const name = handler('raise Exception("Runtime startup fails")\n');
    const error = (await call(name)) as { requestId: string; stackTrace: string[] };
    assert.equal(error.requestId, '');
    assert.match(
      error.stackTrace[0] ?? '',
      /importlib\/__init__\.py", line \d+, in import_module\n/,
    );
    assert.match(error.stackTrace.at(-1) ?? '', /index\.py", line 1, in <module>\n/);
  });

  it('answer missing modules, handlers, malformed names and syntax errors as AWS does', async () => {
    const cases = [
      [
        { 'other.py': '' },
        {},
        'Runtime.ImportModuleError',
        "Unable to import module 'index': No module named 'index'",
      ],
      [
        { 'index.py': 'import nothing' },
        {},
        'Runtime.ImportModuleError',
        "Unable to import module 'index': No module named 'nothing'",
      ],
      [
        { 'index.py': '' },
        {},
        'Runtime.HandlerNotFound',
        "Handler 'handler' missing on module 'index'",
      ],
      [
        { 'index.py': '' },
        { handler: 'index' },
        'Runtime.MalformedHandlerName',
        "Bad handler 'index': not enough values to unpack (expected 2, got 1)",
      ],
      [
        { 'index.py': '' },
        { handler: 'sys.handler' },
        'Runtime.BuiltInModuleConflict',
        'Cannot use built-in module sys as a handler module',
      ],
      [
        { 'index.py': 'def (' },
        {},
        'Runtime.UserCodeSyntaxError',
        "Syntax error in module 'index': invalid syntax (index.py, line 1)",
      ],
    ] as const;
    for (const [files, overrides, errorType, errorMessage] of cases) {
      const name = plane.deploy(files, { runtime: 'python3.12', ...overrides });
      const error = (await call(name)) as Record<string, unknown>;
      assert.deepEqual([error['errorType'], error['errorMessage']], [errorType, errorMessage]);
    }
  });

  it('answer what cannot be JSON', async () => {
    const name = handler('def handler(e, c):\n  return {1, 2}');
    const error = (await call(name)) as Record<string, unknown>;
    assert.equal(error['errorType'], 'Runtime.MarshalError');
    assert.equal(
      error['errorMessage'],
      'Unable to marshal response: Object of type set is not JSON serializable',
    );
  });

  // Recorded as TestLambdaErrors::test_lambda_handler_exit.
  it('answer a process that exits', async () => {
    const quiet = handler('import sys\ndef handler(e, c):\n  sys.exit(0)');
    assert.match(JSON.stringify(await call(quiet)), /Runtime exited without providing a reason/);
    const loud = handler('import os\ndef handler(e, c):\n  os._exit(5)');
    assert.match(JSON.stringify(await call(loud)), /Runtime exited with error: exit status 5/);
    const killed = handler('import os, signal\ndef handler(e, c):\n  os.kill(os.getpid(), 9)');
    assert.match(JSON.stringify(await call(killed)), /Runtime exited with error: signal: killed/);
  });

  // Recorded as TestCloudwatchLogs::test_multi_line_prints.
  it('print lines as they are, and log in the format of AWS', async () => {
    const name = handler(
      'import logging\nlogger = logging.getLogger()\nlogger.setLevel(logging.INFO)\ndef handler(e, c):\n  print("multi\\nline\\nstring\\nanother\\rline")\n  logger.info("two\\nlines")\n  print("end", end="")',
    );
    const lines = await logOf(name);
    assert.deepEqual(lines.slice(2, 6), ['multi\n', 'line\n', 'string\n', 'another\rline\n']);
    assert.match(
      lines[6] ?? '',
      /^\[INFO\]\t\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z\t[0-9a-f-]{36}\ttwo\nlines\n$/,
    );
    assert.equal(lines[7], 'end');
    assert.match(lines[8] ?? '', /^END /);
  });

  it('write by the context and within sys.stdout, and go on', async () => {
    const name = handler(
      'import sys\ndef handler(e, c):\n  c.log("without an end")\n  c.log({"a": 1})\n  with sys.stdout as out:\n    out.write("within\\n")\n  print("after")',
    );
    const lines = await logOf(name);
    assert.deepEqual(lines.slice(2, 6), ['without an end', "{'a': 1}", 'within\n', 'after\n']);
  });

  it('log JSON in the order of AWS, of its levels and without what is None', async () => {
    const level = { format: 'JSON', applicationLevel: 'DEBUG', systemLevel: 'WARN' } as const;
    const name = handler(
      'import logging\ndef handler(e, c):\n  logging.log(25, "between", extra={"own": 2, "none": None})\n  try:\n    1/0\n  except Exception:\n    logging.exception("caught")',
      { logging: { ...level, logGroup: '/aws/lambda/json' } },
    );
    const [between = {}, caught = {}] = (await logOf(name)).map((it) => JSON.parse(it));
    assert.equal(between.level, 'INFO');
    assert.deepEqual(Object.keys(between).slice(1), [
      'level',
      'message',
      'logger',
      'requestId',
      'own',
    ]);
    assert.deepEqual(Object.keys(caught).slice(2), [
      'message',
      'logger',
      'stackTrace',
      'errorType',
      'errorMessage',
      'requestId',
      'location',
    ]);
  });

  it('log JSON where the function wants it', async () => {
    const name = handler(
      'import logging\ndef handler(e, c):\n  logging.info("hidden")\n  logging.warning("shown %s", 1, extra={"own": 2})\n  try:\n    1/0\n  except Exception:\n    logging.exception("caught")',
      {
        logging: {
          format: 'JSON',
          applicationLevel: 'WARN',
          systemLevel: 'WARN',
          logGroup: '/aws/lambda/json',
        },
      },
    );
    const lines = (await logOf(name)).map((it) => JSON.parse(it));
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [
        ['WARNING', 'shown 1'],
        ['ERROR', 'caught'],
      ],
    );
    assert.equal(lines[0].own, 2);
    assert.equal(lines[1].errorType, 'ZeroDivisionError');
  });

  it('become functions out of waiting processes', async () => {
    await using warm = await RealPlane.open({
      stemCells: { min: 1, max: 2, bootsMax: 1, memoryMiB: 16 },
      warmRuntimes: ['python3.12', 'nodejs24.x'],
    });
    void warm.plane.run(new AbortController().signal);
    while (warm.plane.stats().stemCells < 2) {
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
    const environmentVariables = { MINE: 'late' };
    const python = warm.deploy(
      {
        'index.py':
          'import os\ndef handler(e, c):\n  return [os.environ["MINE"], "HEARTH_STEM_CELL" in os.environ]',
      },
      { runtime: 'python3.12', environmentVariables },
    );
    const node = warm.deploy(
      {
        'index.js':
          'exports.handler = async () => [process.env.MINE, "HEARTH_STEM_CELL" in process.env];',
      },
      { environmentVariables },
    );
    for (const name of [python, node]) {
      const outcome = await warm.invoke(name);
      assert.deepEqual(JSON.parse(await payloadOf(outcome)), ['late', false]);
      assert.ok(outcome.kind === 'returned');
      const { initDurationMs } = await outcome.report;
      assert.ok(initDurationMs !== undefined);
    }
    assert.equal(warm.plane.stats().environments, 2);
  });
});

describe('custom runtimes', NEEDS_PYTHON, () => {
  const bootstrap = `#!/usr/bin/env python3
import os, urllib.request as r
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with r.urlopen(api + "next") as event:
        body = event.read()
        url = api + event.headers["Lambda-Runtime-Aws-Request-Id"] + "/response"
    r.urlopen(r.Request(url, data=b'{"own":' + body + b'}', method="POST")).read()
`;

  it('run their program, of the function or of a layer', async () => {
    const own = plane.deploy({ bootstrap }, { runtime: 'provided.al2023' });
    assert.deepEqual(await call(own, 1), { own: 1 });
    assert.deepEqual(await call(own, 2), { own: 2 });
    plane.write('program', { bootstrap });
    const layered = plane.deploy(
      { nothing: '' },
      { runtime: 'provided.al2023', layersDirectoryId: 'program' },
    );
    assert.deepEqual(await call(layered, 3), { own: 3 });
  });

  it('have both outputs in the log in the order in which they were written', async () => {
    const talkative = bootstrap.replace(
      'while True:',
      'for n in range(50): os.write(1 + n % 2, b"written %d\\n" % n)\nwhile True:',
    );
    const name = plane.deploy({ bootstrap: talkative }, { runtime: 'provided.al2023' });
    assert.deepEqual(await call(name, 1), { own: 1 });
    const written = plane.messages.filter((message) => message.startsWith('written '));
    assert.deepEqual(
      written,
      written.map((_, index) => `written ${index}\n`),
    );
    assert.equal(written.length, 50);
  });

  it('answer a missing program and one that may not run as AWS does', async () => {
    const missing = plane.deploy({ nothing: '' }, { runtime: 'provided.al2023' });
    const requestId = 'c1a7d0d0-0000-4000-8000-000000000003';
    assert.equal(
      await payloadOf(await plane.invoke(missing, {}, { requestId })),
      `{"errorType":"Runtime.InvalidEntrypoint","errorMessage":"RequestId: ${requestId} Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"}`,
    );
    const forbidden = plane.deploy({ bootstrap: 'no program' }, { runtime: 'provided.al2023' });
    assert.match(
      await payloadOf(await plane.invoke(forbidden)),
      /Runtime\.InvalidEntrypoint.*fork\/exec \/var\/task\/bootstrap: permission denied/,
    );
    const foreign = plane.deploy({}, { runtime: 'provided.al2023' });
    plane.write(foreign, { bootstrap: '\x7fELF\0\0of another processor' });
    chmodSync(`${plane.pathOf(foreign)}/bootstrap`, 0o755);
    assert.match(
      await payloadOf(await plane.invoke(foreign)),
      /Runtime\.InvalidEntrypoint.*fork\/exec \/var\/task\/bootstrap: exec format error/,
    );
    const lost = plane.deploy({ bootstrap: '#!/not/there\n' }, { runtime: 'provided.al2023' });
    assert.match(
      await payloadOf(await plane.invoke(lost)),
      /Runtime\.InvalidEntrypoint.*fork\/exec \/var\/task\/bootstrap: no such file or directory/,
    );
  });
});
