import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AwsError } from '#aws/errors.ts';
import { present } from '#kernel/assert.ts';
import type { Attributes, Value } from '../value/value.ts';
import { applyUpdate, isMet, parseExpressions, project } from './index.ts';
import type { ExpressionInput } from './index.ts';

const ITEM: Attributes = {
  id: { S: 'x1' },
  n: { N: '5' },
  flag: { BOOL: true },
  nothing: { NULL: true },
  bytes: { B: Buffer.from([1, 2, 3]) },
  words: { SS: ['a', 'b'] },
  numbers: { NS: ['1', '2'] },
  l: { L: [{ S: 'zero' }, { M: { deep: { N: '7' } } }, { N: '2' }] },
  m: { M: { a: { S: 'va' }, b: { M: { c: { N: '1' } } } } },
};

const VALUES: Readonly<Record<string, Value>> = {
  ':five': { N: '5' },
  ':six': { N: '6' },
  ':x': { S: 'x' },
  ':x1': { S: 'x1' },
  ':two': { N: '2' },
  ':a': { S: 'a' },
  ':t': { BOOL: true },
  ':S': { S: 'S' },
  ':null': { NULL: true },
  ':bytes': { B: Buffer.from([1, 2]) },
  ':list': { L: [{ S: 'new' }] },
  ':set': { SS: ['b', 'c'] },
  ':one': { N: '1' },
  ':zero': { S: 'zero' },
  ':map': { M: {} },
  ':words': { SS: ['b', 'a'] },
};

/** Only the values that the expression names. */
function valuesIn(text: string): Pick<ExpressionInput, 'ExpressionAttributeValues'> {
  const used = Object.entries(VALUES).filter(([name]) =>
    new RegExp(`${name}(?![A-Za-z0-9_])`).test(text),
  );
  return used.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(used) as never };
}

function holds(condition: string, item: Attributes = ITEM): boolean {
  const parsed = parseExpressions({ ConditionExpression: condition, ...valuesIn(condition) });
  return isMet(present(parsed.condition, 'parsed'), item);
}

function update(text: string, item: Attributes = ITEM): Attributes {
  const parsed = parseExpressions({ UpdateExpression: text, ...valuesIn(text) });
  return applyUpdate(present(parsed.update, 'parsed'), item);
}

test('evaluates conditions', () => {
  const met = [
    'id = :x1',
    'n < :six',
    'n <= :five',
    'n >= :five',
    'n <> :six',
    'nowhere <> :six',
    'id <> :five',
    'n BETWEEN :one AND :six',
    'n between :five and :five',
    'n IN (:six, :five)',
    'NOT n = :six',
    'attribute_exists(m.b.c)',
    'attribute_not_exists(m.b.d)',
    'attribute_not_exists(toString)',
    'attribute_type(id, :S)',
    'begins_with(id, :x)',
    'begins_with(bytes, :bytes)',
    'contains(id, :x)',
    'contains(words, :a)',
    'contains(numbers, :two)',
    'contains(bytes, :bytes)',
    'contains(l, :zero)',
    'size(l) > :two',
    'size(id) = :two',
    'size(m) = :two',
    'l[1].deep > :six',
    'words = :words',
    'nothing = :null',
    'flag = :t',
    '(n = :five) AND (id = :x1)',
    '(n = :five OR n = :six) AND id = :x1',
    'n = :six OR id = :x1 AND flag = :t',
    'NOT (n = :six AND id = :x1)',
    '(n) = :five',
    '(size(l)) > :two',
    ':six > n',
    'm.a <> id',
  ];
  const unmet = [
    'id = :five',
    'n = :six',
    'nowhere = :six',
    'nowhere < :six',
    'NOT n = :five',
    'id < :six',
    'n BETWEEN :six AND :six',
    'n IN (:six)',
    'attribute_exists(m.b.c.d)',
    'attribute_exists(l[3])',
    'begins_with(n, :x)',
    'contains(n, :five)',
    'size(n) > :one',
    'flag = :null',
    'attribute_type(n, :S)',
    'n = :six AND id = :x1 OR flag = :null',
    'attribute_exists(l.a)',
    'attribute_exists(m[0])',
  ];
  for (const condition of met) assert.equal(holds(condition), true, condition);
  for (const condition of unmet) assert.equal(holds(condition), false, condition);
});

test('refuses conditions in AWS words', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', 'The expression can not be empty;'],
    ['whatever bla bla', 'Syntax error; token: "bla", near: "whatever bla bla"'],
    ['id = ', 'Syntax error; token: "<EOF>", near: "="'],
    ['id', 'Syntax error; token: "<EOF>", near: "id"'],
    ['id = = :x', 'Syntax error; token: "=", near: "= = :x"'],
    ['_id = :x', 'Syntax error; token: "_", near: "_id"'],
    ['a-b = :x', 'Syntax error; token: "-", near: "a-b"'],
    ['(id) AND n = :five', 'Syntax error; token: "AND", near: ") AND n"'],
    ['(id = :x', 'Syntax error; token: "<EOF>", near: ":x"'],
    ['id = :x)', 'Syntax error; token: ")", near: ":x)"'],
    ['((id = :x1))', 'The expression has redundant parentheses;'],
    ['((id)) = :x1', 'The expression has redundant parentheses;'],
    ['bogus(id)', 'Invalid function name; function: bogus'],
    [
      'size(id)',
      'The function is not allowed to be used this way in an expression; function: size',
    ],
    [
      'contains(id, :x) = :t',
      'The function is not allowed to be used this way in an expression; function: contains',
    ],
    ['abort = :x', 'Attribute name is a reserved keyword; reserved keyword: abort'],
    ['m.Abort = :x', 'Attribute name is a reserved keyword; reserved keyword: Abort'],
    [
      'id = :nowhere',
      'An expression attribute value used in expression is not defined; attribute value: :nowhere',
    ],
    [
      '#nowhere = :x',
      'An expression attribute name used in the document path is not defined; attribute name: #nowhere',
    ],
    [
      'attribute_exists(id, n)',
      'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    ],
    [
      'attribute_exists(:x)',
      'Operator or function requires a document path; operator or function: attribute_exists',
    ],
    [
      'id = id',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [id]',
    ],
    [
      'contains(m.a[1], m.a[1])',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [m, a, [1]]',
    ],
    [
      'begins_with(id, :five)',
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    [
      'size(:five) > :one',
      'Incorrect operand type for operator or function; operator or function: size, operand type: N',
    ],
    [
      'id < :t',
      'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL',
    ],
    [
      'attribute_type(id, :five)',
      'Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N',
    ],
    [
      'attribute_type(id, n)',
      'Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}',
    ],
    [
      'attribute_type(id, :x)',
      'Invalid attribute type name found; type: x, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    ],
    [
      'n BETWEEN :six AND :five',
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:6}, upper bound operand: AttributeValue: {N:5}',
    ],
    [
      'n BETWEEN :five AND :x',
      'The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {S:x}',
    ],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => holds(text), { message: `Invalid ConditionExpression: ${message}` }, text);
  }
});

test('names the token and what is near it as AWS does', () => {
  // aws/aws-cdk issue 7591 and the messages recorded by nubo-db/dynamodb-conformance, 2026-06.
  const near = (text: string): string => {
    try {
      update(text);
    } catch (error) {
      return error instanceof AwsError ? error.message : '';
    }
    return '';
  };
  assert.equal(
    near('ADD hits : incr'),
    'Invalid UpdateExpression: Syntax error; token: ":", near: "hits : incr"',
  );
  assert.equal(
    near('INVALID SYNTAX HERE'),
    'Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"',
  );
  assert.equal(
    near('SET id = :x, 5updated = :x'),
    'Invalid UpdateExpression: Syntax error; token: "5", near: ", 5updated"',
  );
});

test('takes 4096 bytes of expression and 300 operators, and no more', () => {
  const padded = (bytes: number): string => `attribute_exists(${'a'.repeat(bytes - 18)})`;
  holds(padded(4096));
  assert.throws(() => holds(padded(4097)), {
    message:
      'Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097',
  });
  const joined = (operators: number): string =>
    Array.from({ length: operators }, () => 'a<b').join(' or ');
  holds(joined(300));
  assert.throws(() => holds(joined(301)), {
    message:
      'Invalid ConditionExpression: The expression contains too many operators; operator count: 301',
  });
});

test('refuses the deepest nesting without running out of stack', () => {
  for (const text of [
    `${'('.repeat(2000)}a=b${')'.repeat(2000)}`,
    `${'NOT '.repeat(1000)}a=b`,
    `${'size('.repeat(800)}a`,
  ]) {
    assert.throws(() => holds(text), AwsError);
  }
  const nested = `${'a<b and ('.repeat(299)}a<b${')'.repeat(299)}`;
  assert.equal(holds(nested), false);
});

test('wants every placeholder well named and used', () => {
  const condition = 'id = :x';
  const refused = (input: ExpressionInput, message: string): void => {
    assert.throws(() => parseExpressions(input), { message });
  };
  refused(
    {
      ConditionExpression: condition,
      ExpressionAttributeValues: { ':x': { S: '' }, ':y': { S: '' } },
    },
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:y}',
  );
  refused(
    {
      ConditionExpression: '#id = :x',
      ExpressionAttributeNames: { '#id': 'id', '#a': 'a', '#b': 'b' },
      ExpressionAttributeValues: { ':x': { S: '' } },
    },
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}',
  );
  refused(
    { ConditionExpression: condition, ExpressionAttributeValues: {} },
    'ExpressionAttributeValues must not be empty',
  );
  refused(
    { ConditionExpression: condition, ExpressionAttributeNames: {} },
    'ExpressionAttributeNames must not be empty',
  );
  refused(
    { ConditionExpression: condition, ExpressionAttributeNames: { a: 'b' } },
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
  );
  refused(
    { ConditionExpression: condition, ExpressionAttributeValues: { 'x:': { S: '' } } },
    'ExpressionAttributeValues contains invalid key: Syntax error; key: "x:"',
  );
  refused(
    { ConditionExpression: condition, ExpressionAttributeValues: { ':x': { NS: [] } } },
    'ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: An number set  may not be empty for key :x',
  );
});

test('updates', () => {
  const at = (text: string, name: string, item?: Attributes): Value | undefined =>
    update(text, item)[name];
  assert.deepEqual(at('SET n = n + :five', 'n'), { N: '10' });
  assert.deepEqual(at('SET n = :five - n', 'n'), { N: '0' });
  assert.deepEqual(at('SET z = if_not_exists(z, :x)', 'z'), { S: 'x' });
  assert.deepEqual(at('SET n = if_not_exists(n, :one) + :one', 'n'), { N: '6' });
  assert.deepEqual(at('SET z = (n + :one)', 'z'), { N: '6' });
  assert.deepEqual(at('SET l = list_append(l, :list)', 'l'), {
    L: [...listOf(ITEM.l), { S: 'new' }],
  });
  assert.deepEqual(at('SET l = list_append(:list, if_not_exists(nolist, :list))', 'l'), {
    L: [{ S: 'new' }, { S: 'new' }],
  });
  assert.deepEqual(at('SET m.b.c = :x', 'm'), {
    M: { a: { S: 'va' }, b: { M: { c: { S: 'x' } } } },
  });
  assert.deepEqual(at('SET l[1].deep = :x', 'l'), {
    L: [{ S: 'zero' }, { M: { deep: { S: 'x' } } }, { N: '2' }],
  });
  assert.deepEqual(at('ADD n :five', 'n'), { N: '10' });
  assert.deepEqual(at('ADD fresh :five', 'fresh'), { N: '5' });
  assert.deepEqual(at('ADD words :set', 'words'), { SS: ['a', 'b', 'c'] });
  assert.deepEqual(at('DELETE words :set', 'words'), { SS: ['a'] });
  assert.equal(at('DELETE words :words', 'words'), undefined);
  assert.equal(at('REMOVE n', 'n'), undefined);
  assert.deepEqual(update('REMOVE nowhere'), ITEM);
  assert.deepEqual(
    at('set id = n, n = id remove flag', 'n'),
    { S: 'x1' },
    'values are those before the update',
  );
});

function listOf(value: Value | undefined): readonly Value[] {
  assert.ok(value && 'L' in value);
  return value.L;
}

test('removes and sets elements of lists by their numbers before the update', () => {
  const letters: Attributes = { l: { L: ['a', 'b', 'c', 'd'].map((S) => ({ S })) } };
  const texts = (text: string): string =>
    listOf(update(text, letters).l)
      .map((value) => ('S' in value ? value.S : '?'))
      .join('');
  assert.equal(texts('REMOVE l[0], l[1]'), 'cd');
  assert.equal(texts('REMOVE l[1] SET l[2] = :x'), 'axd');
  assert.equal(texts('SET l[9] = :x'), 'abcdx');
  assert.equal(texts('SET l[8] = :a, l[7] = :x'), 'abcdxa');
  assert.equal(texts('REMOVE l[9]'), 'abcd');
});

test('refuses updates in AWS words', () => {
  const before = 'Invalid UpdateExpression: ';
  const cases: readonly (readonly [string, string])[] = [
    [
      'SET id = :x SET n = :five',
      `${before}The "SET" section can only be used once in an update expression;`,
    ],
    [
      'SET m = :x, m.a = :x',
      `${before}Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, a]`,
    ],
    [
      'SET id = :x REMOVE id',
      `${before}Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [id], path two: [id]`,
    ],
    [
      'SET m[0] = :x, m.a = :x',
      `${before}Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [m, [0]], path two: [m, a]`,
    ],
    ['SET name = :x', `${before}Attribute name is a reserved keyword; reserved keyword: name`],
    ['SET a = bogus(:x)', `${before}Invalid function name; function: bogus`],
    [
      'SET a = :nowhere',
      `${before}An expression attribute value used in expression is not defined; attribute value: :nowhere`,
    ],
    [
      'SET #a = :x',
      `${before}An expression attribute name used in the document path is not defined; attribute name: #a`,
    ],
    [
      'ADD a :x',
      `${before}Incorrect operand type for operator or function; operator: ADD, operand type: STRING`,
    ],
    [
      'DELETE a :five',
      `${before}Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER`,
    ],
    [
      'SET a = n + :x',
      `${before}Incorrect operand type for operator or function; operator or function: +, operand type: S`,
    ],
    [
      'SET a = list_append(l, :x)',
      `${before}Incorrect operand type for operator or function; operator or function: list_append, operand type: S`,
    ],
    [
      'SET a = if_not_exists(:x, n)',
      `${before}Operator or function requires a document path; operator or function: if_not_exists`,
    ],
    [
      'SET a = list_append(l)',
      `${before}Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1`,
    ],
    ['SET a = :five + :five + :five', `${before}Syntax error; token: "+", near: ":five + :five"`],
    ['SET add = :x', `${before}Syntax error; token: "add", near: "SET add ="`],
    [
      'SET nowhere.a = :x',
      'The document path provided in the update expression is invalid for update',
    ],
    ['REMOVE id.a', 'The document path provided in the update expression is invalid for update'],
    ['SET l.a = :x', 'The document path provided in the update expression is invalid for update'],
    [
      'SET a = nowhere',
      'The provided expression refers to an attribute that does not exist in the item',
    ],
    ['SET n = id + :five', 'An operand in the update expression has an incorrect data type'],
    ['ADD id :five', 'An operand in the update expression has an incorrect data type'],
    ['DELETE numbers :set', 'An operand in the update expression has an incorrect data type'],
  ];
  for (const [text, message] of cases) assert.throws(() => update(text), { message }, text);
});

test('projects paths, and lists close up', () => {
  const of = (text: string): Attributes =>
    project(present(parseExpressions({ ProjectionExpression: text }).projection, 'parsed'), ITEM);
  assert.deepEqual(of('id, nowhere'), { id: { S: 'x1' } });
  assert.deepEqual(of('m.b.c, m.a'), { m: { M: { b: { M: { c: { N: '1' } } }, a: { S: 'va' } } } });
  assert.deepEqual(of('l[2], l[0]'), { l: { L: [{ S: 'zero' }, { N: '2' }] } });
  assert.deepEqual(of('l[1].deep, l[1].nowhere'), { l: { L: [{ M: { deep: { N: '7' } } }] } });
  assert.deepEqual(of('m.nowhere, l[9]'), {});
  assert.throws(() => of('m, m.a'), {
    message:
      'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, a]',
  });
  assert.throws(() => of('status'), {
    message:
      'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: status',
  });
});

test('reads key conditions, mirrored ones too', () => {
  const of = (text: string): unknown =>
    [
      ...present(
        parseExpressions({ KeyConditionExpression: text, ...valuesIn(text) }).keyTerms,
        'parsed',
      ),
    ].map(([name, term]) => `${name} ${term.operator} ${term.values.length}`);
  assert.deepEqual(of('id = :x AND :one <= n'), ['id EQ 1', 'n GE 1']);
  assert.deepEqual(of('(id = :x) AND (n BETWEEN :one AND :six)'), ['id EQ 1', 'n BETWEEN 2']);
  assert.deepEqual(of('id = :x AND begins_with(z, :a)'), ['id EQ 1', 'z BEGINS_WITH 1']);
  const cases: readonly (readonly [string, string])[] = [
    ['id = :x OR n = :one', 'Invalid operator used in KeyConditionExpression: OR'],
    ['NOT id = :x', 'Invalid operator used in KeyConditionExpression: NOT'],
    ['id IN (:x)', 'Invalid operator used in KeyConditionExpression: IN'],
    ['id <> :x', 'Invalid operator used in KeyConditionExpression: <>'],
    ['contains(id, :x)', 'Invalid operator used in KeyConditionExpression: contains'],
    ['size(id) = :one', 'KeyConditionExpressions cannot contain nested operations'],
    ['id.a = :x', 'KeyConditionExpressions cannot have conditions on nested attributes'],
    [
      'id = n',
      'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
    ],
    [':x = :x1', 'Invalid condition in KeyConditionExpression: No key attribute specified'],
    ['id = :x AND id = :x1', 'KeyConditionExpressions must only contain one condition per key'],
    [
      'begins_with(:x, id)',
      'Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand',
    ],
  ];
  for (const [text, message] of cases) assert.throws(() => of(text), { message }, text);
});

const WORDS = [
  'SET',
  'REMOVE',
  'ADD',
  'DELETE',
  'and',
  'OR',
  'not',
  'between',
  'IN',
  '(',
  ')',
  '[',
  ']',
  '0',
  '1',
  ',',
  '.',
  '=',
  '<>',
  '<',
  '+',
  '-',
  'id',
  'n',
  'l',
  'm',
  'size',
  'contains',
  'if_not_exists',
  '#a',
  ':x',
  ':five',
  '#',
  '@',
  ' ',
];

test('answers any text with a meaning or a ValidationException', () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join(' ')),
  );
  const labels = [
    'UpdateExpression',
    'ConditionExpression',
    'KeyConditionExpression',
    'FilterExpression',
    'ProjectionExpression',
  ] as const;
  fc.assert(
    fc.property(text, fc.constantFrom(...labels), (expression, label) => {
      try {
        const parsed = parseExpressions({ [label]: expression, ...valuesIn(expression) });
        if (parsed.condition) isMet(parsed.condition, ITEM);
        if (parsed.update) applyUpdate(parsed.update, ITEM);
        if (parsed.projection) project(parsed.projection, ITEM);
      } catch (error) {
        assert.ok(error instanceof AwsError && error.code === 'ValidationException', String(error));
      }
    }),
    { numRuns: 3000 },
  );
});
