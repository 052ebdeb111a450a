import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { inputOf, renderTemplate, TemplateError, utilities, valueAt, type Scope } from './index.ts';

function scopeOf(body: string): Scope {
  const input = inputOf({
    body,
    path: { id: '7' },
    querystring: { page: '2' },
    header: { 'X-Name': 'Ada' },
  });
  return new Map<string, unknown>([
    ['input', input],
    ['util', utilities],
  ]);
}

function rendered(template: string, body = '{"a":{"b":[1,2,3]},"name":"x\\"y"}'): string {
  return renderTemplate(template, scopeOf(body));
}

describe('a template', () => {
  it('shows values of the payload and the parameters', () => {
    assert.equal(rendered(`{"b": $input.json('$.a.b')}`), '{"b": [1,2,3]}');
    assert.equal(rendered(`$input.path('$.a').b[1] $input.path('$.a.b').size()`), '2 3');
    assert.equal(
      rendered(`$input.params('id')$input.params('page')$input.params('x-name')`),
      '72Ada',
    );
    assert.equal(rendered(`$input.params().header.get('X-Name')`), 'Ada');
    assert.equal(rendered(`$input.json('$')`, ''), '{}');
  });

  it('decides, repeats and sets', () => {
    const loop = `#foreach($n in $input.path('$.a.b'))$n#if($foreach.hasNext),#end#end`;
    assert.equal(rendered(loop), '1,2,3');
    assert.equal(
      rendered('#set($x = 2 + 3 * 4)$x #if($x > 13 && !false)yes#{else}no#end'),
      '14 yes',
    );
    assert.equal(
      rendered('#set($m = {"a": "b"})#set($m.c = "d")#set($m["e"] = "f")$m'),
      '{a=b, c=d, e=f}',
    );
    assert.equal(rendered('#foreach($i in [1..5])#if($i == 3)#break#end$i#end'), '12');
    assert.equal(rendered('#if($a)1#elseif("x" == \'x\')2#else3#end'), '2');
  });

  it('eats the line ends of directives, and comments', () => {
    assert.equal(
      rendered('#set($a = 1)\n## nothing\n#* more *#$a\n#if(true)\nb\n#end\nc'),
      '1\nb\nc',
    );
  });

  it('leaves what is no reference as it is', () => {
    assert.equal(
      rendered('costs $5, $unknown, $!unknown. #hash ${input.body.length()}'),
      `costs $5, $unknown, . #hash ${'{"a":{"b":[1,2,3]},"name":"x\\"y"}'.length}`,
    );
  });

  it('escapes as AWS does', () => {
    assert.equal(rendered(`$util.escapeJavaScript($input.path('$.name'))`), 'x\\"y');
    assert.equal(rendered(`$util.base64Encode('a b')$util.urlEncode('a b')`), 'YSBia+b');
  });

  it('reaches nothing but what it was given', () => {
    for (const path of ['constructor', '__proto__', 'input.constructor', 'input.toString()']) {
      assert.ok(['', `$${path}`].includes(rendered(`$${path}`)), path);
    }
  });

  it('is refused where it has no end, and where it works for too long', () => {
    for (const template of ['#if(true)', '#set($a = )', '#foreach($a in [1..3])', '#end']) {
      assert.throws(() => rendered(template), TemplateError, template);
    }
    const inner = '#foreach($b in [1..1000])#foreach($c in [1..1000])x#end#end';
    assert.throws(() => rendered(inner), TemplateError);
  });

  it('ends with a text or a TemplateError, whatever it is', () => {
    const pieces = [
      '#if(',
      '#set($a=',
      ')',
      '#end',
      '$a',
      '.b(',
      '"',
      "'",
      '[',
      ']',
      '{',
      '1',
      '#foreach($x in ',
    ];
    const templates = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })));
    fc.assert(
      fc.property(templates, (parts) => {
        try {
          rendered(parts.join(''));
        } catch (error) {
          assert.ok(error instanceof TemplateError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a JSON path', () => {
  const root = {
    a: [
      { id: 1, n: 'x' },
      { id: 2, n: 'y' },
    ],
    'b c': { id: 3 },
  };
  it('leads to a value, or to all that fit', () => {
    const cases: readonly (readonly [string, unknown])[] = [
      ['$', root],
      ['$.a[1].n', 'y'],
      ['$.a[-1].id', 2],
      ["$['b c'].id", 3],
      ['$.a[*].id', [1, 2]],
      ['$..id', [1, 2, 3]],
      ["$.a[?(@.n == 'y')].id", [2]],
      ['$.a[0:1].id', [1]],
      ['$.missing', undefined],
      ['a', undefined],
    ];
    for (const [path, value] of cases) assert.deepEqual(valueAt(path, root), value, path);
  });
});
