import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputOf, renderTemplate, TemplateError, utilities, valueAt } from './index.ts';

function rendered(template: string, body = '{}'): string {
  const input = inputOf({ body, path: {}, querystring: {}, header: {} });
  return renderTemplate(
    template,
    new Map<string, unknown>([
      ['input', input],
      ['util', utilities],
    ]),
  );
}

const TIMES = '#foreach($i in [1..60])';

describe('what a template costs', () => {
  it('is bounded, however much a step would make', () => {
    const doubling = [
      `#set($l = [1])${TIMES}#set($l = [$l, $l])#end$l`,
      `#set($l = [1])${TIMES}#set($l = [$l, $l])#end$util.toJson($l)`,
      `#set($m = {"a": 1})${TIMES}#set($m = {"a": $m, "b": $m})#end$m`,
      `#set($s = "ab")${TIMES}#set($s = $s.concat($s))#end`,
      `#set($s = "ab")${TIMES}#set($s = $s + $s)#end`,
      `#set($s = "ab")${TIMES}#set($s = "$s$s")#end`,
      `#set($s = "ab")${TIMES}#set($s = $s.replace("a", $s))#end`,
      `#set($s = "ab")${TIMES}#set($s = $s.replaceAll("[ab]", $s))#end`,
      `#set($s = "ab")${TIMES}#set($s = $s.replaceAll("(?:a|b)", $s))#end`,
      `#set($l = [1])${TIMES}#set($x = $l.addAll($l))#end`,
      `#set($l = [1])#set($x = $l.add($l))$l`,
      `#set($m = {"a": 1})#set($m.a = $m)$m`,
    ];
    for (const template of doubling) {
      assert.throws(() => rendered(template), TemplateError, template);
    }
  });

  it('is bounded for paths, too', () => {
    const deep = `${'[0,'.repeat(300)}0${']'.repeat(300)}`;
    const path = `$${'..*'.repeat(6)}`;
    assert.throws(() => rendered(`$input.json('${path}')`, deep), TemplateError);
    assert.throws(() => rendered(`$input.path('${path}')`, deep), TemplateError);
    assert.throws(() => valueAt(path, JSON.parse(deep)), TemplateError);
  });

  it('is bounded for patterns: those that would look at all again and again', () => {
    const body = 'a'.repeat(30_000);
    assert.equal(rendered('$input.body.matches("(a+)+b")', body), 'false');
    assert.throws(() => rendered('$input.body.replaceAll("((a+)+)c|a", "b")', body), TemplateError);
    assert.equal(rendered('$input.body.replaceAll("a", "").length()', body), '0');
  });

  it('leaves a payload of 10 MB its room', () => {
    const body = JSON.stringify({
      rows: Array.from({ length: 200_000 }, (_, id) => ({ id, name: 'n'.repeat(20) })),
    });
    assert.equal(rendered("$input.json('$')", body), body);
    assert.equal(rendered("$input.path('$.rows').size()", body), '200000');
  });
});

describe('the patterns of texts', () => {
  it('replace and divide as those of Java do', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['$input.body.replaceAll("(\\w)-(\\w)", "$2-$1")', 'b-a, c'],
      ['$input.body.replaceFirst("[abc]", "x")', 'x-b, c'],
      ['$input.body.replaceAll("[abc]+", "")', '-, '],
      ['$input.body.split(",\\s*").size()', '2'],
      ['$input.body.split("(?:b|,)").size()', '3'],
      ['$input.body.split("").size()', '6'],
      ['$input.body.replaceAll("(", "x")', 'a-b, c'],
    ];
    for (const [template, text] of cases)
      assert.equal(rendered(template, 'a-b, c'), text, template);
  });
});
