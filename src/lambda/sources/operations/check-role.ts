/** What a mapping asks of the function's execution role; only where policies are evaluated. */
import type { AccessControl } from '#ports/peers/access-control.ts';
import type { Queries } from '#ports/world/database.ts';

import { qualifiedArn, type FunctionAddress } from '../../model/address.ts';
import { roleOf } from '../../role-of.ts';
import { mayNotCall, mayNotRead } from '../errors.ts';
import { sourceKind } from '../model.ts';

/** What reading a source takes. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
const ACTIONS = {
  dynamodb: ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'],
  kinesis: ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListShards', 'ListStreams'],
  sqs: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'],
} as const;

/** Actions that are about no stream in particular. */
const ABOUT_ALL: ReadonlySet<string> = new Set(['ListStreams']);

/**
 * The role may read the source.
 * @throws AwsError InvalidParameterValueException
 */
export async function checkSourceRole(
  access: AccessControl | undefined,
  queries: Queries,
  target: FunctionAddress,
  eventSourceArn: string,
): Promise<void> {
  const kind = sourceKind(eventSourceArn);
  if (access === undefined || kind === undefined) return;
  const roleArn = (await roleOf(queries, qualifiedArn(target))) ?? '';
  for (const name of ACTIONS[kind]) {
    // A consumer reads its stream.
    const [streamArn = ''] = eventSourceArn.split('/consumer/');
    const resource = ABOUT_ALL.has(name) && kind === 'dynamodb' ? '*' : streamArn;
    const action = `${kind}:${name}`;
    const who = { kind: 'role', roleArn, accountId: target.accountId } as const;
    if ((await access.decide({ who, action, resource }, queries)).kind === 'allowed') continue;
    throw kind === 'sqs'
      ? mayNotCall(name, 'SQS')
      : mayNotRead(eventSourceArn, kind, ACTIONS[kind]);
  }
}
