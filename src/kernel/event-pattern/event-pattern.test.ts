import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { compilePattern, matchPattern, PatternRefused } from './index.ts';
import type { PatternDialect } from './index.ts';

function matches(pattern: unknown, event: unknown): boolean {
  return matchPattern(compilePattern(JSON.stringify(pattern)), event);
}

/** AWS's reason for refusing a pattern; `undefined` where it is taken. */
function refusal(text: string, dialect?: PatternDialect): string | undefined {
  try {
    compilePattern(text, dialect);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof PatternRefused);
    return error.message;
  }
}

/** Each case: what the pattern says of `a`, what matches, what does not. */
function check(conditions: unknown[], matching: unknown[], others: unknown[]): void {
  for (const a of matching) assert.ok(matches({ a: conditions }, { a }), JSON.stringify(a));
  for (const a of others) assert.ok(!matches({ a: conditions }, { a }), JSON.stringify(a));
}

describe('a condition', () => {
  it('compares plain values with their types', () => {
    check(
      ['x', 5, true, null],
      ['x', 5, 5.0, true, null, ['y', 'x']],
      ['X', '5', false, 0, [], {}],
    );
  });

  it('compares beginnings and ends, with case or without', () => {
    check([{ prefix: 'ab' }], ['ab', 'abc'], ['a', 'Abc', 5, null]);
    check([{ prefix: '' }], ['', 'abc'], [5, null]);
    check([{ suffix: '.png' }], ['.png', 'x.png'], ['png', 'x.PNG']);
    check([{ prefix: { 'equals-ignore-case': 'AB' } }], ['abc', 'Abc'], ['cab']);
    check([{ suffix: { 'equals-ignore-case': '.PNG' } }], ['x.png', 'x.Png'], ['x.jpg']);
    check([{ 'equals-ignore-case': 'Alice' }], ['alice', 'ALICE'], ['alic', 'alices', null]);
  });

  it('has everything but some values, which must be there', () => {
    check([{ 'anything-but': 'x' }], ['y', 5, null, ['x', 'y']], ['x', ['x'], [], {}]);
    check([{ 'anything-but': [1, 2] }], [3, '1'], [1, 2, [1, 2]]);
    check([{ 'anything-but': ['x', 'y'] }], ['z', 1, null], ['x', 'y']);
    check([{ 'anything-but': { prefix: 'in' } }], ['out', 5, null], ['in', 'init']);
    check([{ 'anything-but': { suffix: ['.a', '.b'] } }], ['x.c'], ['x.a', 'x.b']);
    check([{ 'anything-but': { wildcard: ['*/a/*'] } }], ['/b/'], ['x/a/y']);
    check([{ 'anything-but': { 'equals-ignore-case': ['A', 'B'] } }], ['c'], ['a', 'b']);
    assert.ok(!matches({ a: [{ 'anything-but': 'x' }] }, {}));
  });

  it('compares numbers, at the bound and beside it', () => {
    check([{ numeric: ['>', 0, '<=', 5] }], [0.01, 5], [0, 5.01, '3', null]);
    check([{ numeric: ['>=', -1, '<', 1] }], [-1, 0.99], [-1.01, 1]);
    check([{ numeric: ['=', 3.018e2] }], [301.8], [301.81]);
    check([{ numeric: ['<', 10] }], [9], [10]);
  });

  it('knows ranges of addresses of both versions', () => {
    check([{ cidr: '10.0.0.0/24' }], ['10.0.0.0', '10.0.0.255'], ['10.0.1.0', 'x', 5]);
    check(
      [{ cidr: '2001:db8:1234:1a00::/64' }],
      ['2001:0db8:1234:1a00:0000:0000:0000:0000', '2001:db8:1234:1a00::ffff'],
      ['2001:db8:1234:1a01::', '10.0.0.1'],
    );
  });

  it('matches wildcards anywhere', () => {
    check([{ wildcard: 'a*' }], ['a', 'abc'], ['ba', '']);
    check([{ wildcard: '*.png' }], ['.png', 'x.png'], ['x.png2']);
    check([{ wildcard: '/a/*/c' }], ['/a//c', '/a/b/b/c'], ['/a/c']);
    check([{ wildcard: 'a*b*c' }], ['abc', 'axbxc'], ['acb']);
    check([{ wildcard: 'a\\*\\\\' }], ['a*\\'], ['axx']);
    check([{ wildcard: '' }], [''], ['x']);
  });

  it('asks whether something is there, of leaves only', () => {
    check([{ exists: true }], ['x', null, 0, [1]], [{ b: 1 }, [], [[]]]);
    check([{ exists: false }], [{ b: 1 }, []], ['x', null]);
    assert.ok(matches({ a: { b: [{ exists: false }] } }, {}));
    assert.ok(matches({ a: { b: [{ exists: false }] } }, { a: 'x' }));
    assert.ok(!matches({ a: { b: [{ exists: false }] } }, { a: [{ c: 1 }, { b: 1 }] }));
  });
});

describe('a pattern', () => {
  it('needs every field, and any of a field’s conditions', () => {
    const pattern = { source: ['aws.s3'], detail: { object: { size: [{ numeric: ['>', 9] }] } } };
    assert.ok(matches(pattern, { source: 'aws.s3', detail: { object: { size: 10 } }, more: 1 }));
    assert.ok(!matches(pattern, { source: 'aws.s3', detail: { object: { size: 9 } } }));
    assert.ok(!matches(pattern, { detail: { object: { size: 10 } } }));
  });

  it('holds within one element of an array of objects', () => {
    const pattern = { items: { kind: ['a'], size: [1] } };
    assert.ok(matches(pattern, { items: [{ kind: 'b' }, { kind: 'a', size: 1 }] }));
    assert.ok(
      !matches(pattern, {
        items: [
          { kind: 'a', size: 2 },
          { kind: 'b', size: 1 },
        ],
      }),
    );
    assert.ok(matches({ items: { kind: ['a'] } }, { items: [[{ kind: 'a' }]] }));
  });

  it('takes a name with dots for nested names, on either side', () => {
    assert.ok(matches({ 'a.b': ['x'] }, { a: { b: 'x' } }));
    assert.ok(matches({ a: { b: ['x'] } }, { 'a.b': 'x' }));
    assert.ok(matches({ 'a.b.c': ['x'] }, { 'a.b': { c: 'x' } }));
    assert.ok(!matches({ 'a.b': ['x'] }, { a: 'x', b: 'x' }));
  });

  it('needs one alternative of each $or', () => {
    const pattern = {
      source: ['s'],
      $or: [{ a: [1] }, { b: [2], c: [3] }],
      detail: { $or: [{ d: [{ 'anything-but': 4 }] }, { e: [5] }] },
    };
    assert.ok(matches(pattern, { source: 's', a: 1, detail: { e: 5 } }));
    assert.ok(matches(pattern, { source: 's', b: 2, c: 3, detail: { d: 5 } }));
    assert.ok(!matches(pattern, { source: 's', b: 2, detail: { e: 5 } }));
    assert.ok(!matches(pattern, { source: 's', a: 1, detail: { d: 4 } }));
    assert.ok(!matches(pattern, { a: 1, detail: { e: 5 } }));
  });

  it('matches no event that is no object', () => {
    for (const event of ['x', 5, null, undefined, []]) assert.ok(!matches({ a: ['x'] }, event));
  });
});

describe('a refused pattern', () => {
  // Recorded: events_patterns, test_event_pattern and test_invalid_json_event_pattern.
  const POSITIONED: readonly (readonly [text: string, reason: string, column: number])[] = [
    ['{"detail": {"equal": [{"NUMERIC": ["=", 5]}]}}', 'Unrecognized match type NUMERIC', 36],
    ['{"resources": []}', 'Empty arrays are not allowed', 17],
    ['{"detail": {"c-count": [{"numeric": [">", 0, "<"]}]}}', 'Value of < must be numeric', 50],
    ['{"detail": {"c-count": [{"numeric": 10}]}}', 'Value of numeric must be an array.', 39],
    [
      '{"detail": {"state": [{"anything-but": {"equals-ignore-case": 123}}]}}',
      'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
      66,
    ],
    [
      '{"detail-type": [{"equals-ignore-case": {"prefix": "ec2"}}]}',
      'equals-ignore-case match pattern must be a string',
      42,
    ],
    ['{"EventBusArn": [{"wildcard": 123}]}', 'wildcard match pattern must be a string', 34],
    ['{"time": [{"prefix": ["2022-07-13"]}]}', 'prefix match pattern must be a string', 23],
    ['{"time": [{"prefix": 123}]}', 'prefix match pattern must be a string', 25],
    [
      '{"detail": {"FileName": [{"anything-but": {"prefix": {"equals-ignore-case": "file"}}}]}}',
      'Value of anything-but must be an array or single string/number value.',
      55,
    ],
    [
      '{"detail": {"FileName": [{"anything-but": {"prefix": ""}}]}}',
      'Null prefix/suffix not allowed',
      56,
    ],
    [
      '{"detail": {"sourceIPAddress": [{"cidr": ["bad-type"]}]}}',
      'prefix match pattern must be a string',
      43,
    ],
    ['["not", "a", "dict", "but valid json"]', 'Filter is not an object', 2],
    [
      "{'bad': 'quotation'}",
      "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
      2,
    ],
    [
      '{"not": closed mark"',
      "Unrecognized token 'closed': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      15,
    ],
    [
      'this is valid json but not a dict',
      "Unrecognized token 'this': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      5,
    ],
  ];

  it('tells AWS’s reason and position', () => {
    for (const [text, reason, column] of POSITIONED) {
      const position = `\n at [Source: (String)"${text}"; line: 1, column: ${column}]`;
      assert.equal(refusal(text), reason + position);
    }
  });

  it('tells the position twice within a list', () => {
    const text = '{"detail": {"state": [{"anything-but": {"wildcard": [123, "*/dir/*"]}}]}}';
    const position = `\n at [Source: (String)"${text}"; line: 1, column: 57]`;
    const reason = 'wildcard match pattern must be a string';
    assert.equal(refusal(text), reason + position + position);
    const nullText = '{"detail": {"state": [{"anything-but": ["stopped", null]}]}}';
    const nullPosition = `\n at [Source: (String)"${nullText}"; line: 1, column: 56]`;
    const nullReason = 'Inside anything but list, start|null|boolean is not supported.';
    assert.equal(refusal(nullText), nullReason + nullPosition + nullPosition);
  });

  it('tells no position of addresses and of wildcards that are too many', () => {
    const cidr = (text: string): string | undefined =>
      refusal(JSON.stringify({ a: [{ cidr: text }] }));
    assert.equal(cidr('bad'), "Malformed CIDR, one '/' required");
    assert.equal(cidr('bad/24'), 'Nonstandard IP address: bad');
    assert.equal(cidr('10.0.0.0/x'), 'Malformed CIDR, mask bits must be an integer');
    assert.equal(cidr('xxxx:db8:1234:1a00::/64'), 'Nonstandard IP address: xxxx:db8:1234:1a00::');
    assert.match(
      refusal('{"a":[{"wildcard":"*:*:*:*:*:event-bus/*"}]}') ?? '',
      /^Rule is too complex - try using fewer wildcard characters/,
    );
    assert.equal(
      refusal('{"a":[{"wildcard":"arn:aws:events:us-east-1:*:event-bus/*"}]}'),
      undefined,
    );
  });

  // Recorded: sns_filter_policy, test_validate_policy*.
  it('speaks the older language of SNS where asked', () => {
    const sns: readonly (readonly [text: string, reason: string, column: number])[] = [
      ['{"key":[["value"]]}', 'Match value must be String, number, true, false, or null', 10],
      ['{"key":[{"wrong-operator":true}]}', 'Unrecognized match type wrong-operator', 31],
      [
        '{"key":[{"suffix":"value","prefix":"value2"}]}',
        'Only one key allowed in match expression',
        37,
      ],
      ['{"key":[{"suffix":null}]}', 'suffix match pattern must be a string', 23],
      ['{"key":{"suffix":"value"}}', '"suffix" must be an object or an array', 19],
      [
        '{"key":[{"anything-but":{"wrong-operator":null}}]}',
        'Unsupported anything-but pattern: wrong-operator',
        47,
      ],
      [
        '{"key":[{"anything-but":{"suffix":"test"}}]}',
        'Unsupported anything-but pattern: suffix',
        36,
      ],
      ['{"key":[{"anything-but":{"prefix":false}}]}', 'prefix match pattern must be a string', 40],
    ];
    for (const [text, reason, column] of sns) {
      const position = `\n at [Source: (String)"${text}"; line: 1, column: ${column}]`;
      assert.equal(refusal(text, 'sns'), reason + position);
    }
  });

  it('is refused without failing otherwise, whatever the text', () => {
    const pieces =
      '{ } [ ] , : "a" "$or" "prefix" "numeric" ">" "\\ "anything-but" "exists" "cidr" "wildcard" "*" 1 true null x';
    const piece = fc.constantFrom(...pieces.split(' '));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => void refusal(pieces.join(''))),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (pattern, event) => {
        const text = JSON.stringify(pattern);
        if (refusal(text) === undefined) matchPattern(compilePattern(text), event);
      }),
      { numRuns: 500 },
    );
  });
});

describe('wildcards, against their definition', () => {
  it('match what the same regular expression matches', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const value = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(part, value, (text, a) => {
        const pattern = JSON.stringify({ a: [{ wildcard: text }] });
        if (refusal(pattern) !== undefined) return;
        const expected = new RegExp(`^${text.replaceAll('*', '.*')}$`).test(a);
        assert.equal(matchPattern(compilePattern(pattern), { a }), expected, `${text} on ${a}`);
      }),
      { numRuns: 3000 },
    );
  });
});
