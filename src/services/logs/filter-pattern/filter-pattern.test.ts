import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert as assertProperty, constantFrom, array, property } from 'fast-check';
import { InvalidFilterPattern, compileFilterPattern } from './index.ts';

const matches = (pattern: string, message: string): boolean =>
  compileFilterPattern(pattern)(message) !== undefined;

/** Checks which of the messages a pattern finds. */
function finds(pattern: string, found: readonly string[], others: readonly string[]): void {
  for (const message of found)
    assert.equal(matches(pattern, message), true, `${pattern} on ${message}`);
  for (const message of others)
    assert.equal(matches(pattern, message), false, `${pattern} on ${message}`);
}

const refuses = (pattern: string): void => {
  assert.throws(() => compileFilterPattern(pattern), InvalidFilterPattern, pattern);
};

describe('Patterns of words', () => {
  it('find everything where they are empty', () => {
    finds('', ['', 'anything'], []);
    finds('  ', ['anything'], []);
  });

  it('find all of several words, minding case', () => {
    finds('ERROR', ['[ERROR 400] BAD REQUEST', 'UNERRORS'], ['error']);
    finds('ERROR ARGUMENTS', ['ERROR with ARGUMENTS', 'ARGUMENTS ERROR'], ['ERROR', 'ARGUMENTS']);
  });

  it('find phrases in quotation marks', () => {
    finds(
      '"INTERNAL SERVER ERROR"',
      ['[ERROR 500] INTERNAL SERVER ERROR'],
      ['INTERNAL ERROR SERVER'],
    );
    finds('"say \\"hi\\""', ['to say "hi" there'], ['say hi']);
    finds('"[x] {y}"', ['a [x] {y}'], ['x y']);
  });

  it('exclude words after a hyphen', () => {
    finds('ERROR -EXITING', ['[ERROR 401] UNAUTHORIZED'], ['[ERROR 419] EXITING', 'fine']);
    finds('-"a b"', ['ab'], ['a b']);
  });

  it('find any of optional words, which count only alone', () => {
    finds('?ERROR ?WARN', ['ERROR', 'a WARN'], ['INFO']);
    finds('?ERROR WARN', ['WARN'], ['ERROR']);
  });

  it('refuse words that need quotation marks, and open ends', () => {
    for (const pattern of ['a{b', 'a]', '"open', '%open', '-', '?', 'a"b"']) refuses(pattern);
  });
});

describe('Regular expressions', () => {
  it('find what AWS documents', () => {
    finds(
      '%AUTHORIZED%',
      ['[ERROR 401] UNAUTHORIZED REQUEST', '[SUCCESS 200] AUTHORIZED REQUEST'],
      ['x'],
    );
    finds('%^[hc]at%', ['hat', 'cats'], ['that', ' cat', 'bat']);
    finds('%[hc]at$%', ['hat', 'a cat'], ['hats']);
    finds('%colou?r%', ['color', 'colour'], ['colouur']);
    finds('%^a{3,5}$%', ['aaa', 'aaaaa'], ['aa', 'aaaaaa']);
    finds('%gr[ae]y|gre{2}n%', ['gray', 'grey', 'green'], ['gren']);
    finds('%\\d{3}\\s\\w+%', ['code 404 Not'], ['404', '40 Not']);
    finds('%10\\.10\\.0\\.1%', ['from 10.10.0.1'], ['10a10a0a1']);
    finds('%^[^0-9]+$%', ['abc'], ['ab1', '']);
    finds('%\\x41B*%', ['A', 'ABBB'], ['B']);
    finds('%a.c%', ['abc', 'a c'], ['ac']);
  });

  it('refuse groups, other symbols and what does not end', () => {
    for (const expression of ['(a)', 'a!', '*a', 'a{2', 'a{3,2}', '[a', 'a\\', 'a{9999}', 'a**']) {
      refuses(`%${expression}%`);
    }
  });

  it("agree with the machine's own on random expressions and texts", () => {
    const expression = array(
      constantFrom('a', 'b', '.', 'a?', 'b*', '[ab]+', '[^a]', 'a{2}', 'b{1,2}', '|', '\\w'),
      {
        minLength: 1,
        maxLength: 6,
      },
    ).map((parts) => parts.join(''));
    const text = array(constantFrom('a', 'b', 'c'), { maxLength: 8 }).map((letters) =>
      letters.join(''),
    );
    assertProperty(
      property(expression, text, (source, message) => {
        assert.equal(matches(`%${source}%`, message), new RegExp(source).test(message));
      }),
      { numRuns: 2000 },
    );
  });

  it('take no time that grows beyond the length', () => {
    const pattern = compileFilterPattern('%a*a*a*a*a*a*a*a*a*a*b%');
    const startMs = performance.now();
    assert.equal(pattern('a'.repeat(50_000)), undefined);
    assert.ok(performance.now() - startMs < 2000);
  });
});

describe('JSON patterns', () => {
  const event = JSON.stringify({
    eventType: 'UpdateTrail',
    sourceIPAddress: '111.111.111.111',
    latency: 50.5,
    size: 1e3,
    flag: true,
    off: false,
    nothing: null,
    list: ['a', { name: 'x' }],
    'with-dash': { in_side: 'y' },
  });

  it('compare texts, with wildcards', () => {
    for (const pattern of [
      '{ $.eventType = "UpdateTrail" }',
      '{$.eventType=UpdateTrail}',
      '{ $.eventType = "Update*" }',
      '{ $.eventType = * }',
      '{ $.eventType = *Tr*l }',
      '{ $.sourceIPAddress != 123.123.* }',
      '{ $.sourceIPAddress = 111.111.* }',
      '{ $.with-dash.in_side = "y" }',
      '{ $.eventType = %^Up% }',
    ]) {
      assert.equal(matches(pattern, event), true, pattern);
    }
    for (const pattern of [
      '{ $.eventType = "Update" }',
      '{ $.eventType != "UpdateTrail" }',
      '{ $.eventType = "Update*x" }',
      '{ $.missing = "*" }',
      '{ $.missing != "x" }',
      '{ $.list = "a" }',
    ]) {
      assert.equal(matches(pattern, event), false, pattern);
    }
  });

  it('compare numbers', () => {
    finds('{ $.latency > 50 }', [event], ['{"latency":50}', '{"latency":"x"}', 'latency 51']);
    finds('{ $.latency >= 50.5 }', [event], ['{"latency":50.4}']);
    finds('{ $.latency < 50.6 }', [event], ['{"latency":50.6}']);
    finds('{ $.latency <= 50.5 }', [event], ['{"latency":50.51}']);
    finds('{ $.size = 1e3 }', [event], ['{"size":1001}']);
    finds('{ $.size != 1000 }', ['{"size":1}'], [event]);
    finds('{ $.t = -1.5 }', ['{"t":-1.5}'], ['{"t":1.5}']);
  });

  it('ask for true, false, null and whether something is there', () => {
    finds('{ $.flag IS TRUE }', [event], ['{"flag":false}', '{"flag":"true"}']);
    finds('{ $.off IS FALSE }', [event], ['{}']);
    finds('{ $.nothing IS NULL }', [event], ['{"nothing":0}', '{}']);
    finds('{ $.missing NOT EXISTS }', [event], ['{"missing":null}']);
    finds('{ $.list EXISTS }', [event], ['{}']);
  });

  it('select in lists, and by wildcards', () => {
    finds('{ $.list[0] = "a" }', [event], ['{"list":["b"]}', '{"list":"a"}']);
    finds('{ $.list[1].name = "x" }', [event], ['{"list":[]}']);
    finds('{ $.list[*].name = "x" }', [event], ['{"list":[{"name":"z"}]}']);
    finds('{ $.*.in_side = "y" }', [event], ['{}']);
  });

  it('join conditions: && binds before ||, parentheses before both', () => {
    finds('{ $.a = 1 || $.b = 1 && $.c = 1 }', ['{"a":1}', '{"b":1,"c":1}'], ['{"b":1}']);
    finds('{ ($.a = 1 || $.b = 1) && $.c = 1 }', ['{"a":1,"c":1}'], ['{"a":1}']);
  });

  it('tell the values that they name', () => {
    const match = compileFilterPattern('{ $.latency > 1 && $.eventType = * && $.zzz NOT EXISTS }')(
      event,
    );
    assert.deepEqual(match?.values, { '$.latency': '50.5', '$.eventType': 'UpdateTrail' });
    assert.equal(match?.valueOf('$.list[1].name'), 'x');
    assert.equal(match?.valueOf('$.nowhere'), undefined);
  });

  it('find nothing in what is no JSON object, and refuse what is no pattern', () => {
    finds('{ $.a NOT EXISTS }', ['{}'], ['text', '[]', '1', '{broken']);
    for (const pattern of [
      '{',
      '{}',
      '{ $.a }',
      '{ a = 1 }',
      '{ $.a = 1',
      '{ $.a = 1 } x',
      '{ $.a > "x" }',
      '{ ($.a = 1 }',
    ]) {
      refuses(pattern);
    }
    refuses(`{ ${'('.repeat(40)}$.a = 1${')'.repeat(40)} }`);
  });
});

describe('Patterns of fields', () => {
  const event =
    '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

  it('match by position, with wildcards, numbers and joined conditions', () => {
    finds('[ip, identity, user, timestamp, request, status_code, bytes]', [event], ['one two']);
    finds(
      '[ip, identity, user, timestamp, request =*.html*, status_code = 4*, bytes]',
      [event],
      [],
    );
    finds(
      '[ip, i, u, t, r, status_code = 4* && status_code != 403, bytes > 1000]',
      [event],
      [event.replace('404', '403')],
    );
    finds('[ip, i, u, t, r, status_code = 4*, bytes > 1534]', [], [event]);
    finds('[w1=ERROR || w1=WARN, w2]', ['ERROR x', 'WARN y'], ['INFO x', 'ERROR']);
    finds('[ip=%127\\.0\\.0\\.[1-9]%, ...]', [event], ['128.0.0.1 x']);
    finds('[level="ERROR", ...]', ['ERROR', 'ERROR and more'], ['WARN']);
  });

  it('skip any number of fields at an ellipsis', () => {
    finds('[..., status_code=404, bytes]', [event, '404 1'], ['404']);
    finds('[ip, ..., bytes=1534]', [event], ['1534']);
  });

  it('tell every field, by name or number', () => {
    const match = compileFilterPattern('[ip,,user, ..., status_code, bytes > 1]')(event);
    assert.deepEqual(match?.values, {
      $ip: '127.0.0.1',
      $2: '-',
      $user: 'frank',
      $4: '10/Oct/2000:13:25:15 -0700',
      $5: 'GET /index.html HTTP/1.0',
      $status_code: '404',
      $bytes: '1534',
    });
  });

  it('refuse what is no pattern', () => {
    for (const pattern of ['[', '[a', '[a,]x', '[a=]', '[..., ...]', '[a b]']) refuses(pattern);
  });
});

describe('Any text', () => {
  it('is a pattern or refused, and a pattern can be asked about any message', () => {
    const piece = constantFrom(
      '{',
      '}',
      '[',
      ']',
      '$',
      '.a',
      '=',
      '!=',
      '"',
      '%',
      '*',
      '&&',
      '||',
      '(',
      ')',
      ' ',
      'x',
      '1',
      '...',
      ',',
      '-',
      '?',
      '\\',
      ' IS TRUE',
    );
    assertProperty(
      property(
        array(piece, { maxLength: 20 }),
        array(piece, { maxLength: 20 }),
        (pattern, message) => {
          try {
            compileFilterPattern(pattern.join(''))(message.join(''));
          } catch (error) {
            assert.ok(error instanceof InvalidFilterPattern, String(error));
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
