import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseMapping, DomainNames } from './domain-names.ts';

const ACCOUNT = '111111111111';
const OTHER = '222222222222';

function namesOf(...names: readonly string[]): DomainNames {
  const made = new DomainNames(() => 'https://hearth.example:8443');
  for (const name of names) assert.ok(made.claim({ name, accountId: ACCOUNT }), name);
  return made;
}

function found(
  names: DomainNames,
  host: string,
  authorization?: string,
  query = '',
): string | undefined {
  const headers = { host, ...(authorization === undefined ? {} : { authorization }) };
  const head = { method: 'GET', path: '/', query: new URLSearchParams(query), headers };
  return names.find({ ...head, sourceIp: '127.0.0.1' })?.name;
}

describe('a name of a user’s own', () => {
  test('is found by the host, whatever its letters and its port, or by a * in place of a label', () => {
    const names = namesOf('API.example.com', '*.example.org');
    assert.equal(found(names, 'api.Example.com:4566'), 'api.example.com');
    assert.equal(found(names, 'one.example.org'), '*.example.org');
    for (const host of ['example.com', 'a.api.example.com', 'example.org', 'a.b.example.org', '']) {
      assert.equal(found(names, host), undefined, host);
    }
  });

  test('is one account’s, until it is given up wherever it was taken', () => {
    const names = namesOf('a.example.com', 'a.example.com');
    const other = { name: 'A.example.com', accountId: OTHER };
    const own = { name: 'a.example.com', accountId: ACCOUNT };
    assert.equal(names.claim(other), false);
    names.release(own);
    assert.equal(names.claim(other), false);
    assert.equal(found(names, 'a.example.com'), 'a.example.com');
    names.release(own);
    assert.equal(found(names, 'a.example.com'), undefined);
    assert.equal(names.claim(other), true);
  });

  test('stays where another account gives it up', () => {
    const names = namesOf('a.example.com');
    names.release({ name: 'a.example.com', accountId: OTHER });
    assert.equal(found(names, 'a.example.com'), 'a.example.com');
    assert.equal(names.claim({ name: 'a.example.com', accountId: OTHER }), false);
  });

  test('is all that stands directly below a *, and no other account takes either below or above', () => {
    const names = namesOf('*.shop.example', 'pay.Market.example');
    const claims = (name: string, accountId: string) => {
      const isTaken = names.claim({ name, accountId });
      if (isTaken) names.release({ name, accountId });
      return isTaken;
    };
    for (const name of ['pay.shop.example', '*.market.example', '*.Shop.example']) {
      assert.deepEqual([claims(name, OTHER), claims(name, ACCOUNT)], [false, true], name);
    }
    for (const name of ['shop.example', 'a.b.shop.example', '*.b.shop.example', '*.example']) {
      assert.equal(claims(name, OTHER), true, name);
    }
    assert.equal(found(names, 'pay.shop.example'), '*.shop.example');
  });

  test('is not served where it is the server’s or AWS’s, below them, or no name', () => {
    const taken = [
      'hearth.example',
      'bucket.s3.hearth.example',
      'localhost',
      'sqs.localhost',
      'sqs.us-east-1.amazonaws.com',
      'sqs.us-east-1.amazonaws.com.',
      'sqs.cn-north-1.amazonaws.com.cn',
      'id.lambda-url.us-east-1.on.aws',
      'sqs.us-east-1.api.aws',
      'bucket.s3.corp.example',
      'bucket.s3-eu-west-1.corp.example',
      '127.0.0.1',
      'buildbox',
    ];
    for (const host of taken) assert.equal(found(namesOf(host), host), undefined, host);
    assert.equal(found(namesOf('*.hearth.example'), 'id.hearth.example'), undefined);
    for (const host of ['nohearth.example', 'notonon.aws', 's3.example.com', 'as3.example.com']) {
      assert.equal(found(namesOf(host), host), host);
    }
  });

  test('takes no request that is signed for a service', () => {
    const names = namesOf('a.example.com');
    const signedFor = (service: string) =>
      `Credential=A/20260101/us-east-1/${service}/aws4_request`;
    const cases: readonly (readonly [string | undefined, string, boolean])[] = [
      [`AWS4-HMAC-SHA256 ${signedFor('s3')}, SignedHeaders=host`, '', false],
      [`AWS4-HMAC-SHA256 ${signedFor('execute-api')}, SignedHeaders=host`, '', true],
      ['AWS AKID:signature', '', false],
      ['Bearer token', '', true],
      [undefined, 'X-Amz-Credential=A%2F20260101%2Fus-east-1%2Fs3%2Faws4_request', false],
      [undefined, 'AWSAccessKeyId=A&Signature=b', false],
      [undefined, 'a=b', true],
    ];
    for (const [authorization, query, isFound] of cases) {
      const name = found(names, 'a.example.com', authorization, query);
      assert.equal(name !== undefined, isFound, `${authorization} ${query}`);
    }
  });
});

test('the mapping with the longest base path is chosen, by whole segments', () => {
  const mappings = ['', 'a', 'a/b'].map((basePath) => ({ basePath, apiId: `api:${basePath}` }));
  const cases: readonly (readonly [string, string, string])[] = [
    ['/', '', '/'],
    ['/a', 'a', '/'],
    ['/a/', 'a', '/'],
    ['/ab/c', '', '/ab/c'],
    ['/a/c%2Fd', 'a', '/c%2Fd'],
    ['/a/b', 'a/b', '/'],
    ['/a/b/c', 'a/b', '/c'],
    ['/a/bc', 'a', '/bc'],
  ];
  for (const [path, basePath, rest] of cases) {
    const chosen = chooseMapping(mappings, path);
    assert.deepEqual([chosen?.mapping.basePath, chosen?.rest], [basePath, rest], path);
  }
  assert.equal(chooseMapping(mappings.slice(1), '/b'), undefined);
});
