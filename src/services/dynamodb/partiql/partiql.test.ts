import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import * as fc from 'fast-check';
import { AwsError } from '#aws/errors.ts';
import type { AttributeValue } from '#aws/models/dynamodb.types.gen.ts';
import { refusal, simpleTable, startDynamodb } from '../../../../test/support/dynamodb.ts';
import type { TestDynamodb } from '../../../../test/support/dynamodb.ts';
import { parseStatement } from './parse-statement.ts';

let db: TestDynamodb;
beforeEach(async () => {
  db = await startDynamodb();
  await db.call('CreateTable', simpleTable('N'));
});

const run = async (Statement: string, Parameters?: readonly AttributeValue[], more: object = {}) =>
  db.call('ExecuteStatement', { Statement, ...(Parameters && { Parameters }), ...more });
const fill = async (): Promise<void> => {
  for (const r of [1, 2, 3]) {
    await run(`INSERT INTO tab VALUE {'h': 'a', 'r': ${r}, 'v': ?}`, [{ S: `v${r}` }]);
  }
};
const ranges = async (statement: string, ...parameters: AttributeValue[]) => {
  const { Items } = await run(statement, parameters);
  return Items?.map(({ r }) => r?.N);
};
const DUPLICATE = 'Duplicate primary key exists in table';

describe('INSERT', () => {
  test('stores literals of all types, and parameters', async () => {
    await run(
      `INSERT INTO "tab" VALUE {'h': 'it''s', 'r': -1.50, 't': true, 'n': null, 'l': [1, 'x', ?],
        'm': {'k': <<'a', 'b'>>}, 's': <<1, 2>>}`,
      [{ B: Buffer.from('bytes') }],
    );
    const { Items } = await run(`SELECT * FROM "tab" WHERE h = ?`, [{ S: "it's" }]);
    assert.deepEqual(Items, [
      {
        h: { S: "it's" },
        r: { N: '-1.5' },
        t: { BOOL: true },
        n: { NULL: true },
        l: { L: [{ N: '1' }, { S: 'x' }, { B: Buffer.from('bytes') }] },
        m: { M: { k: { SS: ['a', 'b'] } } },
        s: { NS: ['1', '2'] },
      },
    ]);
  });

  test('refuses what is there', async () => {
    await fill();
    assert.deepEqual(await refusal(run(`INSERT INTO tab VALUE {'h': 'a', 'r': 1}`)), [
      'DuplicateItemException',
      DUPLICATE,
    ]);
  });
});

describe('SELECT', () => {
  beforeEach(fill);

  test('reads by keys, and filters by everything else', async () => {
    assert.deepEqual(await ranges(`SELECT * FROM tab WHERE h = 'a' AND r > 1`), ['2', '3']);
    assert.deepEqual(await ranges(`SELECT r FROM tab WHERE v = ?`, { S: 'v2' }), ['2']);
    assert.deepEqual(await ranges(`SELECT * FROM tab WHERE h = 'a' AND r IN (1, 3)`), ['1', '3']);
    assert.deepEqual(await ranges(`select * from tab where begins_with(v, 'v') and r <> 2`), [
      '1',
      '3',
    ]);
    assert.deepEqual(await ranges(`SELECT * FROM tab WHERE NOT (r BETWEEN 1 AND 2)`), ['3']);
    assert.deepEqual(await ranges(`SELECT * FROM tab WHERE h = 'b'`), []);
  });

  // Recorded: dynamodb.json TestDynamoDB::test_dynamodb_partiql_missing
  test('tells what is missing from what is null', async () => {
    await run(`INSERT INTO tab VALUE {'h': 'b', 'r': 9, 'v': NULL}`);
    await run(`INSERT INTO tab VALUE {'h': 'c', 'r': 8}`);
    assert.deepEqual(await ranges(`SELECT * FROM tab WHERE v IS MISSING`), ['8']);
    assert.deepEqual(await ranges(`SELECT * FROM tab WHERE v IS NULL`), ['9']);
    assert.equal((await ranges(`SELECT * FROM tab WHERE v IS NOT MISSING`))?.length, 4);
    assert.deepEqual(await ranges(`SELECT * FROM tab WHERE v <> 'v1' AND h = 'c'`), []);
  });

  test('goes by the order of the range key', async () => {
    const down = await ranges(`SELECT * FROM tab WHERE h = 'a' ORDER BY r DESC`);
    assert.deepEqual(down, ['3', '2', '1']);
    const [, message] = await refusal(run('SELECT * FROM tab ORDER BY r'));
    assert.equal(message, 'Must have WHERE clause in the statement when using ORDER BY clause.');
  });

  test('pages, and goes on only with its own token', async () => {
    const statement = `SELECT * FROM tab WHERE h = 'a'`;
    const first = await run(statement, undefined, { Limit: 2 });
    assert.deepEqual([first.Items?.length, first.LastEvaluatedKey?.['r']], [2, { N: '2' }]);
    const rest = await run(statement, undefined, { NextToken: first.NextToken });
    assert.deepEqual([rest.Items?.map(({ r }) => r?.N), rest.NextToken], [['3'], undefined]);
    for (const NextToken of [
      'x',
      first.NextToken?.slice(2),
      Buffer.from('[1,2]').toString('base64'),
    ]) {
      assert.deepEqual(await refusal(run(statement, undefined, { NextToken })), [
        'ValidationException',
        'NextToken does not match request',
      ]);
    }
    await refusal(run(`SELECT * FROM tab`, undefined, { NextToken: first.NextToken }));
  });
});

describe('UPDATE and DELETE', () => {
  beforeEach(fill);

  test('change the item whose whole key they name', async () => {
    const { Items } = await run(
      `UPDATE tab SET v = 'new' SET n = 1 + 2 REMOVE x WHERE h = 'a' AND r = 1 RETURNING ALL NEW *`,
    );
    assert.deepEqual(Items, [{ h: { S: 'a' }, r: { N: '1' }, v: { S: 'new' }, n: { N: '3' } }]);
    const gone = await run(`DELETE FROM tab WHERE h = 'a' AND r = ? RETURNING ALL OLD *`, [
      { N: '1' },
    ]);
    assert.deepEqual(gone.Items, Items);
    assert.deepEqual((await run(`DELETE FROM tab WHERE h = 'a' AND r = 1`)).Items, []);
  });

  test('grow lists and sets', async () => {
    await run(`UPDATE tab SET l = [1] SET s = <<'a'>> WHERE h = 'a' AND r = 1`);
    const { Items } = await run(
      `UPDATE tab SET l = list_append(l, [2]) SET s = set_add(s, <<'b'>>) WHERE h = 'a' AND r = 1
       RETURNING MODIFIED NEW *`,
    );
    assert.deepEqual(Items, [{ l: { L: [{ N: '1' }, { N: '2' }] }, s: { SS: ['a', 'b'] } }]);
  });

  test('refuse what does not hold, and what names no item', async () => {
    for (const statement of [
      `UPDATE tab SET v = 'x' WHERE h = 'a' AND r = 1 AND v = 'other'`,
      `UPDATE tab SET v = 'x' WHERE h = 'nobody' AND r = 1`,
      `DELETE FROM tab WHERE h = 'a' AND r = 1 AND v = 'other'`,
    ]) {
      assert.deepEqual(await refusal(run(statement)), [
        'ConditionalCheckFailedException',
        'The conditional request failed',
      ]);
    }
    assert.deepEqual(await refusal(run(`UPDATE tab SET v = 'x' WHERE h = 'a'`)), [
      'ValidationException',
      'Where clause does not contain a mandatory equality on all key attributes',
    ]);
  });
});

describe('several statements', () => {
  beforeEach(fill);

  // Recorded: dynamodb.json TestDynamoDB::test_dynamodb_batch_execute_statement
  test('of a batch fail each by itself', async () => {
    const { Responses } = await db.call('BatchExecuteStatement', {
      Statements: [
        { Statement: `INSERT INTO tab VALUE {'h': 'b', 'r': 1}` },
        { Statement: `INSERT INTO tab VALUE {'h': 'a', 'r': 1}` },
        { Statement: `UPDATE nowhere SET v = 1 WHERE h = 'a'` },
      ],
    });
    assert.deepEqual(Responses, [
      { TableName: 'tab' },
      { TableName: 'tab', Error: { Code: 'DuplicateItem', Message: DUPLICATE } },
      {
        TableName: 'nowhere',
        Error: { Code: 'ResourceNotFound', Message: 'Requested resource not found' },
      },
    ]);
  });

  // Recorded: dynamodb.json TestDynamoDB::test_dynamodb_execute_transaction
  test('of a transaction happen together or not at all', async () => {
    const insert = `INSERT INTO tab VALUE {'h': 'b', 'r': ?}`;
    const one = { Statement: insert, Parameters: [{ N: '1' }] };
    const done = await db.call('ExecuteTransaction', { TransactStatements: [one] });
    assert.deepEqual(done, { Responses: [] });
    const failing = db.call('ExecuteTransaction', {
      TransactStatements: [{ Statement: insert, Parameters: [{ N: '2' }] }, one],
    });
    const [code, message] = await refusal(failing);
    assert.equal(code, 'TransactionCanceledException');
    assert.match(message, /\[None, DuplicateItem\]$/);
    assert.deepEqual(await ranges(`SELECT * FROM tab WHERE h = 'b'`), ['1']);
    const read = await db.call('ExecuteTransaction', {
      TransactStatements: [
        { Statement: `SELECT v FROM tab WHERE h = 'a' AND r = 2` },
        { Statement: `SELECT v FROM tab WHERE h = 'a' AND r = 7` },
      ],
    });
    assert.deepEqual(read.Responses, [{ Item: { v: { S: 'v2' } } }, {}]);
    const mixed = [one, { Statement: `SELECT * FROM tab WHERE h = 'a' AND r = 2` }];
    await refusal(db.call('ExecuteTransaction', { TransactStatements: mixed }));
    const checked = `EXISTS(SELECT * FROM tab WHERE h = 'a' AND r = 2 AND v = 'v2')`;
    await db.call('ExecuteTransaction', {
      TransactStatements: [{ Statement: checked }, { Statement: insert, Parameters: [{ N: '5' }] }],
    });
    assert.deepEqual(await ranges(`SELECT * FROM tab WHERE h = 'b'`), ['1', '5']);
  });
});

describe('a statement', () => {
  test('that is none is refused in words', async () => {
    const cases = [
      ['SELECT', "Statement wasn't well formed, can't be processed: Unexpected end of statement"],
      ['DROP TABLE tab', "Statement wasn't well formed, can't be processed: Unexpected term"],
      ['SELECT * FROM tab x', "Statement wasn't well formed, can't be processed: Unexpected term"],
      [
        'SELECT * FROM tab WHERE h = ?',
        "Number of parameters in request and statement don't match.",
      ],
      ['SELECT * FROM nowhere', 'Requested resource not found'],
    ] as const;
    for (const [statement, message] of cases) {
      assert.equal((await refusal(run(statement)))[1], message);
    }
    const more = run('SELECT * FROM tab', [{ S: 'x' }]);
    assert.equal(
      (await refusal(more))[1],
      "Number of parameters in request and statement don't match.",
    );
  });

  test('of any text ends in a statement or in words', () => {
    const words =
      `SELECT * FROM tab WHERE h = 'a' ? ( ) [ ] { } << >> AND NOT IN , UPDATE SET INSERT INTO VALUE 1 - ` +
      `IS MISSING BETWEEN size ORDER BY RETURNING ALL OLD " '`;
    const word = fc.constantFrom(...words.split(' '));
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 30 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, (statement) => {
        try {
          parseStatement(statement, [{ S: 'x' }]);
        } catch (error) {
          assert.ok(error instanceof AwsError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
    const deep = `SELECT * FROM tab WHERE ${'('.repeat(4000)}`;
    assert.throws(() => parseStatement(deep), AwsError);
    assert.throws(() => parseStatement(`INSERT INTO t VALUE ${'['.repeat(8000)}`), AwsError);
  });
});
