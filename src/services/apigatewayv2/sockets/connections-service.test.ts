import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { ANONYMOUS, type RequestContext } from '#aws/operation.ts';
import { Connections } from './connections.ts';
import { connectionsService } from './connections-service.ts';
import type { Session } from './turn.ts';

const session: Session = {
  connectionId: 'c=',
  owned: {
    accountId: '111111111111',
    region: 'eu-west-1',
    apiId: 'a1',
    api: { Name: 'x', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.a' },
  },
  stageName: 'prod',
  host: 'localhost',
  connectedAtMs: 0,
  sourceIp: '127.0.0.1',
  caller: {},
};

function contextAt(wholePath: string): RequestContext {
  const query = new URLSearchParams();
  const headers = { host: 'localhost' };
  const http = { method: 'POST', path: '/@connections/x', wholePath, query, headers };
  return {
    requestId: 'r',
    accountId: '222222222222',
    region: 'us-east-1',
    principal: ANONYMOUS,
    signal: new AbortController().signal,
    http: { ...http, sourceIp: '127.0.0.1' },
  };
}

test('who speaks to a connection has to be allowed that, on its API and stage', async () => {
  const clock = new SimulatedClock();
  const connections = new Connections(clock);
  const ignore = (): void => undefined;
  const peer = { waitingBytes: 0, send: ignore, close: ignore, pause: ignore, resume: ignore };
  connections.add(session, peer);
  const service = connectionsService({ clock, metricSink: { put: ignore } }, connections);
  const resourceOf = async (operation: string, ConnectionId: string, path: string) => {
    const call = { operation, input: { ConnectionId }, context: contextAt(path) };
    const [need] = (await service.permissions?.needsOf(call)) ?? [];
    assert.equal(need?.action, 'execute-api:ManageConnections');
    return need.resource;
  };
  assert.equal(
    await resourceOf('PostToConnection', 'c=', '/@connections/c='),
    'arn:aws:execute-api:eu-west-1:111111111111:a1/prod/POST/@connections/c=',
  );
  assert.equal(
    await resourceOf('DeleteConnection', 'gone', '/_aws/execute-api/b2/dev/@connections/gone'),
    'arn:aws:execute-api:us-east-1:222222222222:b2/dev/DELETE/@connections/gone',
  );
  assert.equal(
    await resourceOf('GetConnection', 'gone', '/@connections/gone'),
    'arn:aws:execute-api:us-east-1:222222222222:*/GET/@connections/gone',
  );
});
