import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsFailure, type AwsRequest } from '../aws-client.ts';
import type { CliContext } from '../command.ts';
import { CliError } from '../errors.ts';
import { logs } from './logs.ts';

/** What `hearth logs hello` prints where the server answers so. */
async function printed(answer: (operation: string) => Record<string, unknown>): Promise<string[]> {
  const lines: string[] = [];
  const json = async ({ headers, path = '' }: AwsRequest) =>
    answer(headers?.['x-amz-target']?.split('.')[1] ?? path);
  const none = () => assert.fail('nobody asks for it');
  const context: CliContext = {
    arguments: ['hello'],
    options: { since: '60' },
    output: {
      format: 'text',
      value: none,
      line: (text) => void lines.push(text),
      progress: () => undefined,
    },
    local: { up: none, upFlagsHelp: '', watchFolder: none, doctor: none },
    signal: new AbortController().signal,
    server: none,
    client: () => ({ send: none, json }),
    fail: (sentence) => new CliError(sentence),
  };
  await logs.run(context);
  return lines;
}

const EVENTS = { events: [{ eventId: '1', timestamp: 0, message: 'said' }] };

for (const status of [400, 403]) {
  test(`a log is read by whoever may not look whether there is one: ${status}`, async () => {
    const lines = await printed((operation) => {
      if (operation === 'FilterLogEvents') return EVENTS;
      throw new AwsFailure('AccessDeniedException', status, 'Not authorized.');
    });
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /said$/);
  });
}

test('a log that may not be read is told of', async () => {
  const refused = printed(() => {
    throw new AwsFailure('AccessDeniedException', 400, 'Not authorized.');
  });
  await assert.rejects(refused, /AccessDeniedException: Not authorized/);
});

test('where there is neither a function nor a log that is told', async () => {
  const refused = printed((operation) => {
    if (operation === 'DescribeLogGroups') return { logGroups: [] };
    throw new AwsFailure('ResourceNotFoundException', 404, 'None.');
  });
  await assert.rejects(refused, /There is no function hello/);
});
