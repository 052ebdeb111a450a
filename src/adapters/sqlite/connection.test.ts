import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Connection, numberPlaceholders } from './connection.ts';

describe('numberPlaceholders', () => {
  it('numbers placeholders as SQLite does, and leaves literals, names and comments alone', () => {
    assert.deepEqual(numberPlaceholders(`SELECT $2, '$3''$4', "a$5" -- $6\n /* $7 */ , $10`), {
      sql: `SELECT ?2, '$3''$4', "a$5" -- $6\n /* $7 */ , ?10`,
      parameterCount: 10,
    });
  });
});

describe('Connection', () => {
  it('keeps working past the bound of its prepared statements', () => {
    using connection = new Connection(':memory:', []);
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 600; n += 1) {
        assert.deepEqual({ ...Object(connection.get(`SELECT ${n} + $1 AS n`, [1])) }, { n: n + 1 });
      }
    }
  });

  it('counts as writes what may write, and nothing else', () => {
    using connection = new Connection(':memory:', []);
    connection.control('BEGIN');
    connection.get(' select 1', []);
    connection.all('VALUES (1)', []);
    connection.control('COMMIT');
    assert.equal(connection.writes, 0);
    connection.script('CREATE TABLE a (x)');
    connection.run('INSERT INTO a VALUES (1)', []);
    connection.all('UPDATE a SET x = 2 RETURNING x', []);
    assert.equal(connection.writes, 3);
  });
});
