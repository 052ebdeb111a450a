import { invalidParameter } from './errors.ts';
import { MESSAGE_ATTRIBUTES_MAX } from './limits.ts';
import type { MessageAttributes } from './model.ts';

const NAME_PATTERN = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;
const TYPE_PATTERN = /^(String|Number|Binary)(\..+)?$/;
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * Checks a message's attributes.
 * @throws AwsError InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function checkMessageAttributes(attributes: MessageAttributes): void {
  const entries = Object.entries(attributes);
  if (entries.length > MESSAGE_ATTRIBUTES_MAX) {
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    );
  }
  for (const [name, attribute] of entries) {
    if (!NAME_PATTERN.test(name)) throw invalidParameter(invalidName(name));
    const [, type] = TYPE_PATTERN.exec(attribute.DataType) ?? [];
    if (type === undefined) {
      throw invalidParameter(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    }
    checkValue(name, type, attribute);
  }
}

function invalidName(name: string): string {
  return /^(aws|amazon)\./i.test(name)
    ? `Message (user) attribute name '${name}' is reserved.`
    : `Message (user) attribute name '${name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters.`;
}

/** The text for an empty value is recorded in `test_send_message_with_empty_string_attribute`. */
function checkValue(name: string, type: string, attribute: MessageAttributes[string]): void {
  const value = type === 'Binary' ? attribute.BinaryValue : attribute.StringValue;
  if (value === undefined || value.length === 0) {
    throw invalidParameter(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${type === 'Number' ? 'String' : type}'.`,
    );
  }
  if (typeof value !== 'string') return;
  if (CONTROL_CHARACTERS.test(value)) {
    throw invalidParameter(`Message (user) attribute '${name}' contains invalid characters.`);
  }
  if (type === 'Number' && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) {
    throw invalidParameter(
      `Can't cast the value of message (user) attribute '${name}' to a number.`,
    );
  }
}
