import { s3 } from '#aws/models/s3.gen.ts';
import type { Shape } from '#aws/model.ts';
import { isObject } from '#kernel/json.ts';
import { s3Error, type S3ErrorCode } from './errors.ts';

/** Bodies whose emptiness their operation judges by itself. */
const UNCHECKED: ReadonlySet<string> = new Set(['PutBucketPolicy']);

/** Required by the model, not by S3. Recorded: s3_api.json TestS3BucketObjectTagging::test_put_object_tagging_none_value */
const OPTIONAL: ReadonlySet<string> = new Set(['TagSet']);

/**
 * Holds where every element that the model requires of a body is there: S3 has its own words for what is missing.
 * @throws AwsError MissingRequestBodyError, MalformedXML, MalformedACLError
 */
export function checkRequired(operationName: string, input: unknown): void {
  const payload = s3.operation(operationName)?.input.payload;
  if (!payload || payload.isStreaming || UNCHECKED.has(operationName)) return;
  const body = isObject(input) ? input[payload.name] : undefined;
  if (body === undefined) {
    if (payload.isRequired) throw s3Error('MissingRequestBodyError');
    return;
  }
  const code = operationName.endsWith('Acl') ? 'MalformedACLError' : 'MalformedXML';
  checkValue(payload.shape, body, code);
}

function checkValue(shape: Shape, value: unknown, code: S3ErrorCode): void {
  if (shape.kind === 'list') {
    if (!Array.isArray(value)) return;
    for (const item of value) checkValue(shape.member.shape, item, code);
    return;
  }
  if (shape.kind !== 'structure' || !isObject(value)) return;
  for (const member of shape.members) {
    const item = value[member.name];
    if (item === undefined && member.isRequired && !OPTIONAL.has(member.name)) throw s3Error(code);
    if (item !== undefined) checkValue(member.shape, item, code);
  }
}
