/** What Lambda asks of an execution role before it takes it; only where policies are evaluated. */
import { parseArn } from '#kernel/arn.ts';
import { isTrusted } from '#ports/peers/access-control.ts';

import { invalidParameter } from '../../errors.ts';
import { functionArn, type FunctionAddress } from '../../model/address.ts';
import type { Control } from '../control.ts';

/** What a function's dead letters need, by the service of their target. */
const DEAD_LETTERS: Readonly<Record<string, readonly [action: string, text: string]>> = {
  sns: ['sns:Publish', 'Publish on SNS'],
  sqs: ['sqs:SendMessage', 'SendMessage on SQS'],
};

interface RoleUse {
  readonly Role?: string | undefined;
  readonly DeadLetterConfig?: { readonly TargetArn?: string } | undefined;
}

/**
 * The role trusts Lambda, and may send dead letters where they go.
 * @throws AwsError InvalidParameterValueException
 * @see https://repost.aws/knowledge-center/lambda-function-assume-iam-role
 */
export async function checkRole(
  { access }: Control,
  address: FunctionAddress,
  { Role: roleArn, DeadLetterConfig: deadLetters }: RoleUse,
): Promise<void> {
  if (access === undefined || roleArn === undefined) return;
  const source = {
    service: 'lambda.amazonaws.com',
    sourceArn: functionArn(address),
    sourceAccountId: address.accountId,
  };
  if (!(await isTrusted(access, source, roleArn))) {
    throw invalidParameter('The role defined for the function cannot be assumed by Lambda.');
  }
  const resource = deadLetters?.TargetArn ?? '';
  const [action, text] = DEAD_LETTERS[parseArn(resource)?.service ?? ''] ?? [];
  if (action === undefined) return;
  const may = await access.decide({ who: { kind: 'role', roleArn }, action, resource });
  if (may.kind === 'allowed') return;
  throw invalidParameter(`The provided execution role does not have permissions to call ${text}`);
}
