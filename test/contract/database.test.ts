/** The contract of the port Database, over each adapter. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { NewerSchema } from '#ports/world/database.ts';
import type { Database } from '#ports/world/database.ts';

const SCHEMA = {
  name: 'contract',
  steps: ['CREATE TABLE item (id TEXT PRIMARY KEY, amount INTEGER NOT NULL, content BYTEA)'],
};

interface Target {
  readonly name: string;
  /** Opens a database; one that lasts sees what an earlier one of the same place wrote. */
  readonly open: (place: string) => Promise<Database>;
  readonly lasts: boolean;
}

const TARGETS: readonly Target[] = [
  {
    name: 'sqlite in a file',
    open: (place) => openDatabase({ path: join(place, 'hearth.db') }),
    lasts: true,
  },
  { name: 'sqlite in memory', open: () => openDatabase({ path: ':memory:' }), lasts: false },
];

for (const { name, open, lasts } of TARGETS) {
  describe(`Database: ${name}`, () => {
    const withPlace = async (test: (place: string) => Promise<void>): Promise<void> => {
      const place = mkdtempSync(join(tmpdir(), 'hearth-database-'));
      try {
        await test(place);
      } finally {
        rmSync(place, { recursive: true });
      }
    };
    const withItems = (test: (database: Database) => Promise<void>): Promise<void> =>
      withPlace(async (place) => {
        await using database = await open(place);
        await database.migrate(SCHEMA);
        await test(database);
      });
    const insert = (database: Database, id: string, amount = 1): Promise<number> =>
      database.transact((tx) => tx.run('INSERT INTO item VALUES ($1, $2, NULL)', id, amount));
    const ids = async (database: Database): Promise<string[]> => {
      const rows = await database.read((queries) =>
        queries.all<{ id: string }>('SELECT id FROM item ORDER BY id'),
      );
      return rows.map(({ id }) => id);
    };

    it('reads what was written, in each type of value', () =>
      withItems(async (database) => {
        const content = Uint8Array.of(0, 255, 128);
        await database.transact((tx) =>
          tx.run('INSERT INTO item VALUES ($1, $2, $3)', "it's $1", 2 ** 53 - 1, content),
        );
        const row = await database.read((queries) => queries.get('SELECT * FROM item'));
        assert.deepEqual({ ...row }, { id: "it's $1", amount: 2 ** 53 - 1, content });
      }));

    it('takes a placeholder twice, in any order, and none from a literal', () =>
      withItems(async (database) => {
        const row = await database.read((queries) =>
          queries.get<{ a: string; b: string }>(
            "SELECT $2 || $1 || $2 AS a, '$3' || $1 AS b /* $4 */",
            'x',
            'y',
          ),
        );
        assert.deepEqual({ ...row }, { a: 'yxy', b: '$3x' });
      }));

    it('rejects a statement whose parameters are too few or too many', () =>
      withItems(async (database) => {
        await assert.rejects(
          database.read((queries) => queries.get('SELECT $1 AS a')),
          /1 parameters expected, 0 given/,
        );
        await assert.rejects(
          database.read((queries) => queries.get('SELECT $1 AS a', 1, 2)),
          /1 parameters expected, 2 given/,
        );
      }));

    it('answers the changed rows, and the rows of RETURNING', () =>
      withItems(async (database) => {
        await insert(database, 'a');
        await insert(database, 'b');
        const changed = await database.transact((tx) =>
          tx.run('UPDATE item SET amount = amount + 1'),
        );
        assert.equal(changed, 2);
        const rows = await database.transact((tx) =>
          tx.all<{ amount: number }>('UPDATE item SET amount = amount + 1 RETURNING amount'),
        );
        assert.deepEqual(
          rows.map(({ amount }) => amount),
          [3, 3],
        );
        const first = await database.transact((tx) =>
          tx.get<{ amount: number }>('UPDATE item SET amount = amount + 1 RETURNING amount'),
        );
        assert.equal(first?.amount, 4);
        const sum = await database.read((queries) =>
          queries.get<{ sum: number }>('SELECT sum(amount) AS sum FROM item'),
        );
        assert.equal(sum?.sum, 8);
      }));

    it('minds case in LIKE', () =>
      withItems(async (database) => {
        await insert(database, 'Abc');
        const like = (pattern: string) =>
          database.read((queries) => queries.all('SELECT id FROM item WHERE id LIKE $1', pattern));
        assert.equal((await like('Ab%')).length, 1);
        assert.equal((await like('ab%')).length, 0);
      }));

    it('undoes a body that throws, and that one alone', () =>
      withItems(async (database) => {
        const failure = new Error('no');
        const outcomes = await Promise.allSettled([
          insert(database, 'a'),
          database.transact(async (tx) => {
            await tx.run('INSERT INTO item VALUES ($1, 1, NULL)', 'lost');
            throw failure;
          }),
          insert(database, 'a'),
          insert(database, 'b'),
        ]);
        assert.deepEqual(
          outcomes.map(({ status }) => status),
          ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
        );
        assert.equal(outcomes[1]?.status === 'rejected' && outcomes[1].reason, failure);
        assert.deepEqual(await ids(database), ['a', 'b']);
      }));

    it('lets a body go on after a statement that failed', () =>
      withItems(async (database) => {
        await insert(database, 'a');
        await database.transact(async (tx) => {
          await assert.rejects(tx.run('INSERT INTO item VALUES ($1, 1, NULL)', 'a'));
          await tx.run('INSERT INTO item VALUES ($1, 1, NULL)', 'b');
        });
        assert.deepEqual(await ids(database), ['a', 'b']);
      }));

    it('runs concurrent transactions as if one after another', () =>
      withItems(async (database) => {
        await insert(database, 'counter', 0);
        const increment = () =>
          database.transact(async (tx) => {
            const row = await tx.get<{ amount: number }>('SELECT amount FROM item');
            await tx.run('UPDATE item SET amount = $1', (row?.amount ?? 0) + 1);
          });
        await Promise.all(Array.from({ length: 1000 }, increment));
        const row = await database.read((queries) =>
          queries.get<{ amount: number }>('SELECT amount FROM item'),
        );
        assert.equal(row?.amount, 1000);
      }));

    it('settles in the order of the calls', () =>
      withItems(async (database) => {
        const order: number[] = [];
        await Promise.all(
          Array.from({ length: 600 }, (_, n) =>
            insert(database, String(n)).then(() => order.push(n)),
          ),
        );
        assert.deepEqual(
          order,
          Array.from({ length: 600 }, (_, n) => n),
        );
      }));

    it('calls back after the commit and before the answer, never after a failure', () =>
      withItems(async (database) => {
        const events: string[] = [];
        await database
          .transact(async (tx) => {
            tx.afterCommit(() => events.push('callback'));
            events.push('body');
          })
          .then(() => events.push('answer'));
        await assert.rejects(
          database.transact(async (tx) => {
            tx.afterCommit(() => events.push('wrong'));
            throw new Error('no');
          }),
        );
        assert.deepEqual(events, ['body', 'callback', 'answer']);
      }));

    it('reads a snapshot: all statements of one read see the same', () =>
      withItems(async (database) => {
        const counts = await Promise.all([
          database.read(async (queries) => {
            const before = await queries.all('SELECT 1 AS one FROM item');
            for (let n = 0; n < 50; n += 1) await Promise.resolve();
            return [before.length, (await queries.all('SELECT 1 AS one FROM item')).length];
          }),
          insert(database, 'a'),
        ]);
        assert.equal(counts[0][0], counts[0][1]);
      }));

    it('reads what it has acknowledged', () =>
      withItems(async (database) => {
        for (let n = 1; n <= 50; n += 1) {
          await insert(database, String(n));
          assert.equal((await ids(database)).length, n);
        }
      }));

    it('refuses to write in a read', () =>
      withItems(async (database) => {
        await assert.rejects(
          database.read((queries) => queries.all("INSERT INTO item VALUES ('a', 1, NULL)")),
        );
        assert.deepEqual(await ids(database), []);
      }));

    it('ends a transaction that awaits what is no statement, and goes on with the next', () =>
      withItems(async (database) => {
        const stuck = database.transact(async (tx) => {
          await tx.run("INSERT INTO item VALUES ('stuck', 1, NULL)");
          await new Promise(() => {});
        });
        const nested = database.transact((tx) =>
          tx
            .run("INSERT INTO item VALUES ('outer', 1, NULL)")
            .then(() => insert(database, 'nested')),
        );
        const next = insert(database, 'next');
        await assert.rejects(stuck, /awaited something that is no statement/);
        await assert.rejects(nested, /awaited something that is no statement/);
        await next;
        assert.deepEqual(await ids(database), ['nested', 'next']);
      }));

    it('refuses a statement that comes after its transaction ended', () =>
      withItems(async (database) => {
        const late = await database.transact(async (tx) => ({
          run: () => tx.run("INSERT INTO item VALUES ('a', 1, NULL)"),
        }));
        await assert.rejects(late.run(), /the transaction has ended/);
      }));

    it('migrates step by step, once each', () =>
      withPlace(async (place) => {
        await using database = await open(place);
        const first = 'CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)';
        await database.migrate({ name: 'stepped', steps: [first] });
        await database.migrate({
          name: 'stepped',
          steps: [first, 'UPDATE a SET x = x + 1', 'UPDATE a SET x = x * 10'],
        });
        await database.migrate({
          name: 'stepped',
          steps: [first, 'UPDATE a SET x = x + 1', 'UPDATE a SET x = x * 10'],
        });
        const row = await database.read((queries) => queries.get<{ x: number }>('SELECT x FROM a'));
        assert.equal(row?.x, 20);
      }));

    it('keeps the version before a step that fails', () =>
      withPlace(async (place) => {
        await using database = await open(place);
        const steps = [
          'CREATE TABLE a (x INTEGER)',
          'INSERT INTO a VALUES (1); INSERT INTO missing VALUES (1)',
        ];
        await assert.rejects(database.migrate({ name: 'stepped', steps }), /missing/);
        await database.migrate({
          name: 'stepped',
          steps: ['CREATE TABLE a (x INTEGER)', 'INSERT INTO a VALUES (7)'],
        });
        const rows = await database.read((queries) =>
          queries.all<{ x: number }>('SELECT x FROM a'),
        );
        assert.deepEqual(
          rows.map(({ x }) => x),
          [7],
        );
      }));

    it('refuses data that is newer than the program', () =>
      withPlace(async (place) => {
        await using database = await open(place);
        await database.migrate({
          name: 'stepped',
          steps: ['CREATE TABLE a (x INTEGER)', 'CREATE TABLE b (x INTEGER)'],
        });
        await assert.rejects(
          database.migrate({ name: 'stepped', steps: ['CREATE TABLE a (x INTEGER)'] }),
          NewerSchema,
        );
      }));

    it('finishes what was begun before it closes, and takes nothing after', () =>
      withPlace(async (place) => {
        const database = await open(place);
        await database.migrate(SCHEMA);
        const begun = Array.from({ length: 20 }, (_, n) => insert(database, String(n)));
        await database[Symbol.asyncDispose]();
        await Promise.all(begun);
        await assert.rejects(insert(database, 'late'), /closed/);
        await database[Symbol.asyncDispose]();
      }));

    it(
      'finds everything again after it was closed',
      { skip: lasts ? false : 'memory does not outlive its closing' },
      () =>
        withPlace(async (place) => {
          {
            await using database = await open(place);
            await database.migrate(SCHEMA);
            await insert(database, 'kept');
          }
          await using database = await open(place);
          await database.migrate(SCHEMA);
          assert.deepEqual(await ids(database), ['kept']);
        }),
    );
  });
}
