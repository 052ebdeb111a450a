import { assert } from '#kernel/assert.ts';
import type { ProtocolName, ServiceModel } from '../model.ts';
import type { RequestHead } from '../operation.ts';
import { AWS_JSON_1_0, AWS_JSON_1_1 } from './aws-json.ts';
import { AWS_QUERY } from './aws-query.ts';
import type { Protocol } from './protocol.ts';
import { REST_JSON_1 } from './rest-json.ts';
import { REST_XML } from './rest-xml.ts';
import { RPC_V2_CBOR } from './rpcv2-cbor.ts';

const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  restJson1: REST_JSON_1,
  restXml: REST_XML,
  awsJson1_0: AWS_JSON_1_0,
  awsJson1_1: AWS_JSON_1_1,
  awsQuery: AWS_QUERY,
  rpcv2Cbor: RPC_V2_CBOR,
};

/**
 * The protocol that a request speaks, of those that its service does: CBOR says so in `Smithy-Protocol`, JSON in
 * `X-Amz-Target`, a query in its form's type or its `Action`; else the service's first.
 */
export function chooseProtocol(model: ServiceModel, head: RequestHead): Protocol {
  const [first] = model.protocols;
  assert(first, 'a service speaks at least one protocol');
  if (model.protocols.length === 1) return PROTOCOLS[first];
  const spoken = model.protocols.find((name) => isSpoken(name, head));
  return PROTOCOLS[spoken ?? first];
}

function isSpoken(name: ProtocolName, { headers, query }: RequestHead): boolean {
  switch (name) {
    case 'rpcv2Cbor':
      return headers['smithy-protocol'] === 'rpc-v2-cbor';
    case 'awsJson1_0':
    case 'awsJson1_1':
      return headers['x-amz-target'] !== undefined;
    case 'awsQuery': {
      const type = headers['content-type'] ?? '';
      return type.startsWith('application/x-www-form-urlencoded') || query.has('Action');
    }
    default:
      return false;
  }
}
