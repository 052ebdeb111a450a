import type { RequestContext } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import { validation } from '../errors.ts';
import type { TableAddress } from '../store/tables.ts';

const NAME_LENGTH_MIN = 3;
const NAME_LENGTH_MAX = 255;
const NAME_PATTERN = '[a-zA-Z0-9_.-]+';
const NAME = new RegExp(`^${NAME_PATTERN}$`);

/**
 * Where a table named by a request is: the name alone, or its ARN.
 * @throws ValidationException for what can be no table's name
 */
export function tableAddress(
  { accountId, region }: Pick<RequestContext, 'accountId' | 'region'>,
  nameOrArn: string,
): TableAddress {
  const arn = nameOrArn.startsWith('arn:') ? parseArn(nameOrArn) : undefined;
  if (arn?.service === 'dynamodb' && arn.resource.startsWith('table/')) {
    return { accountId: arn.accountId, region: arn.region, name: arn.resource.slice(6) };
  }
  assertTableName(nameOrArn, 1);
  return { accountId, region, name: nameOrArn };
}

/** @throws ValidationException in the words of AWS's constraints */
export function assertTableName(name: string, lengthMin = NAME_LENGTH_MIN): void {
  const faults: string[] = [];
  const fault = (constraint: string): void => {
    faults.push(`Value '${name}' at 'tableName' failed to satisfy constraint: ${constraint}`);
  };
  if (!NAME.test(name) && name !== '') {
    fault(`Member must satisfy regular expression pattern: ${NAME_PATTERN}`);
  }
  if (name.length < lengthMin) {
    fault(`Member must have length greater than or equal to ${lengthMin}`);
  }
  if (name.length > NAME_LENGTH_MAX) {
    fault(`Member must have length less than or equal to ${NAME_LENGTH_MAX}`);
  }
  if (faults.length === 0) return;
  const errors = faults.length === 1 ? '1 validation error' : `${faults.length} validation errors`;
  throw validation(`${errors} detected: ${faults.join('; ')}`);
}
