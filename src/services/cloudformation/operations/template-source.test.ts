import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from '../harness.test.ts';

test('a URL that is none of a template is refused', async () => {
  const { call } = await start();
  for (const TemplateURL of ['http://127.0.0.1/bucket/%zz', 'none', 'ftp://host/bucket/key']) {
    await assert.rejects(call('CreateStack', { StackName: 'stack', TemplateURL }), {
      code: 'ValidationError',
      message: 'TemplateURL must be a supported URL.',
    });
  }
});
