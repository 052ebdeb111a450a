/** Functions in C#, on our own runtime client, in real processes; their sources are in `dotnet/functions`. */
import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { ISOLATIONS, describeIsolated } from '../attack/sandboxed.ts';
import { DOTNET_FUNCTIONS, DOTNET_RUNTIMES, NEEDS_DOTNET } from '../support/dotnet.ts';
import { payloadOf } from '../support/invoke-plane.ts';
import { RealPlane } from '../support/real-plane.ts';

const SHOP = 'Functions::Hearth.Functions.Shop';
const [RUNTIME = 'dotnet8'] = DOTNET_RUNTIMES;
const ORDER = { customer: 'Ada', prices: [3, 4] };

/** Deploys the functions of the tests, of which one is the handler. */
function deploy(plane: RealPlane, method: string, overrides: Partial<FunctionVersion> = {}) {
  const common = { runtime: RUNTIME, handler: `${SHOP}::${method}`, timeoutMs: 60_000 };
  const name = plane.deploy({}, { ...common, memorySizeMiB: 512, ...overrides });
  cpSync(DOTNET_FUNCTIONS, plane.pathOf(name), { recursive: true });
  return name;
}

describe('functions in C#', NEEDS_DOTNET, () => {
  let plane: RealPlane;
  before(async () => {
    plane = await RealPlane.open();
  });
  after(async () => plane[Symbol.asyncDispose]());

  async function call(method: string, event: unknown, overrides?: Partial<FunctionVersion>) {
    return plane.answer(deploy(plane, method, overrides), event);
  }

  for (const runtime of DOTNET_RUNTIMES) {
    it(`take and answer objects by the serializer of their assembly, in ${runtime}`, async () => {
      const receipt = await call('Total', ORDER, { runtime });
      assert.deepEqual(JSON.parse(receipt), { Customer: 'Ada', Total: 7 });
    });
  }

  it('may be asynchronous, static, of streams, or without a result', async () => {
    const variables = { environmentVariables: { GREETING: 'Good day' } };
    assert.equal(await call('Greet', 'Ada', variables), '"Good day, Ada!"');
    assert.equal(await call('Upper', { text: 'quiet' }), '{"TEXT":"QUIET"}');
    assert.equal(await call('Nothing', ORDER), '');
    assert.equal(await call('Later', ORDER), '');
    assert.match(plane.messages.join(''), /\tfail\tdone later\n/);
  });

  it('may name a serializer of their own', async () => {
    assert.equal(JSON.parse(await call('Quote', 'text')), '<"text">');
  });

  it('are constructed in the init phase, once for many events', async () => {
    const name = deploy(plane, 'Count');
    assert.equal(await plane.answer(name, {}), '1');
    assert.equal(await plane.answer(name, {}), '2');
    const constructed = plane.messages.findIndex((it) => it.endsWith('Z\t\tinfo\tconstructed\n'));
    assert.ok(
      constructed >= 0 && constructed < plane.messages.findIndex((it) => it.startsWith('START')),
    );
  });

  it('are told of their event and of themselves', async () => {
    const client = { client: { app_title: 'Till' }, custom: { key: 'value' } };
    const clientContext = Buffer.from(JSON.stringify(client)).toString('base64');
    const functionName = 'csharp-hello';
    const name = deploy(plane, 'Describe', { functionName, memorySizeMiB: 256 });
    const outcome = await plane.invoke(name, {}, { clientContext });
    const { AwsRequestId, TraceId, ...told } = JSON.parse(await payloadOf(outcome));
    assert.match(AwsRequestId, /^[\da-f-]{36}$/);
    assert.match(TraceId, /^Root=1-/);
    assert.deepEqual(told, {
      FunctionName: functionName,
      FunctionVersion: '$LATEST',
      InvokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
      MemoryLimitInMB: 256,
      HasTime: true,
      Serializer: 'JsonLambdaSerializer',
      Custom: 'value',
      AppTitle: 'Till',
      IdentityId: null,
      HasDirectory: true,
      Left: null,
      HeapMiB: 256,
      Framework: Number(RUNTIME.slice('dotnet'.length)),
      Setting: 'true',
      Newer: 99,
      Found: true,
    });
  });

  it('log with time, request id and level', async () => {
    await call('Log', 'said');
    const messages = plane.messages.filter((it) =>
      / said\n|raw|told|7 of|almost|level|crit|detail/.test(it),
    );
    const bare = messages.map((it) => it.replace(/^[\dT:.-]+Z\t[\da-f-]{36}\t/, '> '));
    assert.deepEqual(bare, [
      '> info\ttwo\nlines said\n',
      'raw\n',
      'raw, too\n',
      '> info\ttold\n',
      '> warn\ttold with a level\n',
      '> warn\t7 of {"Customer":"Ada","Total":3}\n',
      '> fail\talmost broken\nSystem.InvalidOperationException: mended\n',
      '> without a level\n',
      '> crit\twith one\n',
    ]);
  });

  it('log as JSON, from the level on that is set', async () => {
    await using own = await RealPlane.open();
    const logging = {
      logGroup: '/aws/lambda/json',
      format: 'JSON',
      applicationLevel: 'DEBUG',
      systemLevel: 'INFO',
    } as const;
    await own.answer(deploy(own, 'Log', { logging }), 'said');
    const lines = own.messages.filter((it) => it.includes('"message"'));
    const byMessage = new Map(
      lines.map((line) => {
        const { timestamp: _, requestId: __, traceId: ___, message, ...rest } = JSON.parse(line);
        return [message, rest];
      }),
    );
    assert.deepEqual(byMessage.get('too much detail'), { level: 'Debug' });
    assert.deepEqual(byMessage.get('two\nlines said'), { level: 'Information' });
    assert.deepEqual(byMessage.get('7 of {"Customer":"Ada","Total":3}'), {
      level: 'Warning',
      count: 7,
      order: { Customer: 'Ada', Total: 3 },
    });
    const { errorType, errorMessage, level } = byMessage.get('almost broken');
    assert.deepEqual(
      [level, errorType, errorMessage],
      ['Error', 'System.InvalidOperationException', 'mended'],
    );
  });

  it('tell of errors as AWS does, and go on', async () => {
    const name = deploy(plane, 'Fail');
    const nested = JSON.parse(await plane.answer(name, 'nested'));
    assert.deepEqual(
      [nested.errorType, nested.errorMessage, nested.cause.errorType, nested.cause.errorMessage],
      ['InvalidOperationException', 'outer', 'FormatException', 'inner'],
    );
    assert.deepEqual(nested.stackTrace, [
      'at Hearth.Functions.Shop.Throw()',
      'at Hearth.Functions.Shop.Fail(String how)',
    ]);
    const { causes } = JSON.parse(await plane.answer(name, 'many'));
    assert.deepEqual(
      causes.map((it: { readonly errorMessage: string }) => it.errorMessage),
      ['first', 'second'],
    );
    assert.match(plane.messages.join(''), /\tfail\tSystem\.InvalidOperationException: outer\n/);
    const last = await plane.answer(name, 'exit');
    assert.match(last, /Runtime exited with error: exit status 3/);
  });

  it('tell what of their handler is missing or cannot be called', async () => {
    const expected = [
      ['Functions', 'Nowhere::T::M', /specified handler assembly with the file name 'Nowhere,/],
      [
        'type',
        'Functions::Nobody::M',
        /^Unable to load type 'Nobody' from assembly 'Functions'\.$/,
      ],
      ['method', `${SHOP}::Missing`, /^Unable to find method 'Missing' in type 'Hearth\.Functions/],
      ['overload', `${SHOP}::Overloaded`, /candidates are:\nSystem\.String Overloaded\(System/],
      ['async void', `${SHOP}::Forgotten`, /'async void' methods?\. /],
      ['form', 'Functions::Shop', /The valid format is 'ASSEMBLY::TYPE::METHOD'\.$/],
      // aws/aws-lambda-dotnet, Amazon.Lambda.RuntimeSupport: HandlerInfo, Errors
      [
        'no method',
        `${SHOP}:: `,
        /^Invalid .*:: ', the method is missing\. The valid format is 'AS/,
      ],
      ['no type', 'Functions::::M', /^Invalid .*'Functions::::M', the type is missing\. /],
      ['no assembly', '::T::M', /^Invalid .*'::T::M', the assembly is missing\. /],
      [
        'further parts',
        `${SHOP}::A::B`,
        /^Unable to find method 'A::B' in type 'Hearth\.Functions/,
      ],
    ] as const;
    for (const [what, handler, message] of expected) {
      const failure = JSON.parse(await call('', {}, { handler }));
      assert.equal(failure.errorType, 'LambdaValidationException', what);
      assert.match(failure.errorMessage, message);
    }
    const text = deploy(plane, '', { handler: 'Text::T::M' });
    writeFileSync(join(plane.pathOf(text), 'Text.dll'), 'no code');
    assert.match(await plane.answer(text, {}), /"Unable to load assembly 'Text'\."/);
  });

  it('tell why they could not be constructed', async () => {
    const variables = { environmentVariables: { FAIL_INIT: 'no stock' } };
    const { errorType, cause } = JSON.parse(await call('Total', ORDER, variables));
    assert.equal(errorType, 'TargetInvocationException');
    assert.deepEqual([cause.errorType, cause.errorMessage], ['ArgumentException', 'no stock']);
    assert.equal(cause.stackTrace[0], 'at Hearth.Functions.Shop..ctor()');
  });

  it('run out of memory at that of their function', async () => {
    const { errorType } = JSON.parse(await call('Hold', 400, { memorySizeMiB: 128 }));
    assert.equal(errorType, 'OutOfMemoryException');
  });

  it('may be programs that speak to the Runtime API themselves', async () => {
    const answer = JSON.parse(await call('', { key: 'ä😀' }, { handler: 'Program' }));
    assert.deepEqual(answer, { event: { key: 'ä😀' }, entry: 'Program' });
    const missing = await call('', {}, { handler: 'Nothing' });
    assert.match(missing, /exit status 104/);
  });

  it('run in sandboxes that waited for them', async () => {
    await using warm = await RealPlane.open({
      stemCells: { min: 1, max: 1, bootsMax: 1, memoryMiB: 64 },
      warmRuntimes: [RUNTIME],
    });
    const variables = { environmentVariables: { GREETING: 'Bound late' } };
    const name = deploy(warm, 'Greet', variables);
    const end = new AbortController();
    const running = warm.plane.run(end.signal);
    const untilMs = performance.now() + 60_000;
    while (warm.plane.stats().stemCells === 0) {
      assert.ok(performance.now() < untilMs, 'no sandbox waits');
      await sleep(10);
    }
    assert.equal(await warm.answer(name, 'Ada'), '"Bound late, Ada!"');
    end.abort();
    await running;
  });
});

for (const isolation of ISOLATIONS) {
  const skip = isolation.skip || (NEEDS_DOTNET.skip ?? false);
  describeIsolated(`functions in C# under ${isolation.name}`, { ...isolation, skip }, () => {
    it('run on what is mounted, within the memory of their function', async () => {
      await using plane = await RealPlane.openIn(isolation, { freezeAfterMs: 0 });
      const count = deploy(plane, 'Count', { memorySizeMiB: 256 });
      assert.equal(await plane.answer(count, {}), '1');
      assert.equal(await plane.answer(count, {}), '2');
      const program = deploy(plane, '', { handler: 'Program' });
      assert.deepEqual(JSON.parse(await plane.answer(program, 1)), { event: 1, entry: 'Program' });
      const hold = deploy(plane, 'Hold', { memorySizeMiB: 128 });
      const { errorType } = JSON.parse(await plane.answer(hold, 400));
      // The collector, or the kernel, whichever is first.
      assert.match(errorType, /^(OutOfMemoryException|Runtime\.OutOfMemory)$/);
    });
  });
}
