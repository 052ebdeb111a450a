import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODELS } from './models/index.ts';
import { sqs } from './models/sqs.gen.ts';
import { sts } from './models/sts.gen.ts';
import { renderParity } from './parity.ts';

const nothing = async (): Promise<unknown> => ({});

test('each operation is listed, built or not, with counts', () => {
  const services = [{ model: sts, operations: { GetCallerIdentity: nothing } }];
  const page = renderParity([sqs, sts], services);
  assert.match(page, /^1 of 34 operations\./m);
  assert.match(page, /^\| \[sqs\]\(#sqs\) \| 0 \| 23 \|$/m);
  assert.match(page, /^\| \[sts\]\(#sts\) \| 1 \| 11 \|$/m);
  assert.match(page, /^- \[x\] GetCallerIdentity$/m);
  assert.match(page, /^- \[ \] SendMessage$/m);
});

test('an operation that the model does not know is a mistake', () => {
  const services = [{ model: sts, operations: { GetCallerIdentiy: nothing } }];
  assert.throws(() => renderParity([sts], services), /sts has no operation GetCallerIdentiy/);
});

test('every operation of every model is a line', () => {
  const page = renderParity(MODELS, []);
  const lines = page.split('\n').filter((line) => line.startsWith('- [ ] '));
  assert.equal(
    lines.length,
    MODELS.reduce((sum, model) => sum + model.operationNames().length, 0),
  );
  assert.ok(lines.length > 1000);
});
