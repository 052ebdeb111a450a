/**
 * The errors of DynamoDB. The messages are AWS's, as recorded (recordings of 2025 and 2026,
 * us-east-1's wording) and as its public conformance suites hold them.
 */
import { AwsError } from '#aws/errors.ts';
import type { JsonAttributes } from './value/value.ts';

const INVALID_PARAMETERS = 'One or more parameter values were invalid: ';

/** ValidationException with a message of AWS. */
export function validation(message: string): AwsError {
  return new AwsError({ code: 'ValidationException', message, status: 400 });
}

/** The semantic refusal that most checks of values share. */
export function invalidParameters(message: string): AwsError {
  return validation(`${INVALID_PARAMETERS}${message}`);
}

/** The refusal of a key that is none of the table. */
export function keyMismatch(): AwsError {
  return validation('The provided key element does not match the schema');
}

/** The refusal of an empty key. */
export function emptyKeyValue(kind: 'string' | 'binary', key: string): AwsError {
  return validation(
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot ' +
      `contain an empty ${kind} value. Key: ${key}`,
  );
}

/** The refusal of an empty key of an index. */
export function emptyIndexKeyValue(
  kind: 'string' | 'binary',
  index: string,
  key: string,
): AwsError {
  return validation(
    'One or more parameter values are not valid. A value specified for a secondary index key is ' +
      'not supported. The AttributeValue for a key attribute cannot contain an empty ' +
      `${kind} value. IndexName: ${index}, IndexKey: ${key}`,
  );
}

/** What data operations answer for a table that is not there. */
export function tableMissing(): AwsError {
  return resourceNotFound('Requested resource not found');
}

/** What control operations answer for a table that is not there. */
export function namedTableMissing(name: string): AwsError {
  return resourceNotFound(`Requested resource not found: Table: ${name} not found`);
}

/** ResourceNotFoundException with a message of AWS. */
export function resourceNotFound(message: string): AwsError {
  return new AwsError({ code: 'ResourceNotFoundException', message, status: 400 });
}

/** ResourceInUseException with a message of AWS. */
export function resourceInUse(message: string): AwsError {
  return new AwsError({ code: 'ResourceInUseException', message, status: 400 });
}

/** LimitExceededException with a message of AWS. */
export function limitExceeded(message: string): AwsError {
  return new AwsError({ code: 'LimitExceededException', message, status: 400 });
}

export const CONDITION_FAILED = 'The conditional request failed';
export const DUPLICATE_ITEM = 'Duplicate primary key exists in table';

/** The refusal of a PartiQL INSERT of what is there. */
export function duplicateItem(): AwsError {
  return new AwsError({ code: 'DuplicateItemException', message: DUPLICATE_ITEM, status: 400 });
}

/**
 * `item` is there where the request asked for ALL_OLD and an item stands. The wire writes an
 * error's members as they are: its binaries have to be base64 already. With an item the message is told as `Message`.
 * Recorded: dynamodb.json TestDynamoDB::test_return_values_on_conditions_check_failure
 */
export function conditionFailed(item: JsonAttributes | undefined): AwsError {
  return new AwsError({
    code: 'ConditionalCheckFailedException',
    message: CONDITION_FAILED,
    status: 400,
    ...(item === undefined ? {} : { fields: { Item: item, Message: CONDITION_FAILED } }),
  });
}

/** Why one action of a transaction did not happen. `None` for those that would have. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: JsonAttributes;
}

/** The refusal of a transaction, with one reason for each of its actions. */
export function transactionCanceled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return new AwsError({
    code: 'TransactionCanceledException',
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
      `[${codes}]`,
    status: 400,
    fields: { CancellationReasons: reasons },
  });
}

/** The refusal of a token that came with another request before. */
export function idempotentParameterMismatch(): AwsError {
  return new AwsError({ code: 'IdempotentParameterMismatchException', message: '', status: 400 });
}

function refused(code: string, message: string): AwsError {
  return new AwsError({ code, message, status: 400 });
}

/** The table that is to be backed up, restored or exported is not there. */
export function tableNotFound(name: string): AwsError {
  return refused('TableNotFoundException', `Table not found: ${name}`);
}

/** A table that is to be made of another is there already. */
export function tableExists(name: string): AwsError {
  return refused('TableAlreadyExistsException', `Table already exists: ${name}`);
}

/** The backup is not there. */
export function backupMissing(arn: string): AwsError {
  return refused('BackupNotFoundException', `Backup not found: ${arn}`);
}

/** The table keeps no points in time. */
export function noPointInTime(name: string): AwsError {
  const message = `Point in time recovery is not enabled for table '${name}'`;
  return refused('PointInTimeRecoveryUnavailableException', message);
}

/** A point in time that is not kept. */
export function invalidRestoreTime(): AwsError {
  return refused(
    'InvalidRestoreTimeException',
    'An invalid restore time was specified. RestoreDateTime must be between ' +
      'EarliestRestorableDateTime and LatestRestorableDateTime.',
  );
}

/** As above, of an export. */
export function invalidExportTime(): AwsError {
  const message = 'The specified ExportTime is outside of the point in time recovery window.';
  return refused('InvalidExportTimeException', message);
}

/** The export is not there. */
export function exportMissing(arn: string): AwsError {
  return refused('ExportNotFoundException', `Export not found: ${arn}`);
}
