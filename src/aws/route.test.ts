import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { s3 } from './models/s3.gen.ts';
import { sqs } from './models/sqs.gen.ts';
import { createRouter, type Route } from './route.ts';

const router = createRouter([s3, sqs]);

/** Where an unsigned request goes: a service's name, or `form`. */
function routed(method: string, target: string, contentType = ''): string {
  const { pathname: path, searchParams: query } = new URL(target, 'http://localhost:4566');
  const headers = { host: 'localhost:4566', 'content-type': contentType };
  const route: Route = router.route({ method, path, query, headers, sourceIp: '::1' }, undefined);
  return route.kind === 'service' ? route.model.name : route.kind;
}

describe('an unsigned request', () => {
  it('is a form where its Action says so, at the root and at the URL of a queue', () => {
    assert.equal(routed('GET', '/?Action=ListQueues'), 'form');
    assert.equal(routed('GET', '/000000000000/orders.fifo?Action=ReceiveMessage'), 'form');
    const form = 'application/x-www-form-urlencoded; charset=utf-8';
    assert.equal(routed('POST', '/', form), 'form');
    assert.equal(routed('POST', '/000000000000/orders', form), 'form');
  });

  it('is for a bucket otherwise', () => {
    assert.equal(routed('GET', '/000000000000/orders'), 's3');
    assert.equal(routed('GET', '/bucket/orders?Action=ReceiveMessage'), 's3');
    assert.equal(routed('GET', '/000000000000/a/b?Action=ReceiveMessage'), 's3');
    assert.equal(routed('PUT', '/000000000000/orders'), 's3');
  });
});
