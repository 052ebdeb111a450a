/** The rules of a template, checked for their form. */
import { isObject, type Json } from '#kernel/json.ts';
import { validation } from '../errors.ts';

/** What has to hold of a template's parameters. */
export interface TemplateRule {
  readonly name: string;
  /** Under which its assertions have to hold; always, where there is none. */
  readonly condition?: Json;
  readonly assertions: readonly { readonly assertion: Json; readonly description?: string }[];
}

/**
 * @throws AwsError ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 */
export function readRules(rules: Json): readonly TemplateRule[] {
  if (!isObject(rules)) throw malformed('Rules is not an object.');
  return Object.entries(rules).map(([name, rule]) => {
    const { RuleCondition: condition, Assertions: assertions } = isObject(rule) ? rule : {};
    if (!Array.isArray(assertions) || assertions.length === 0) {
      throw malformed(`Rule ${name} must contain a list of Assertions.`);
    }
    return {
      name,
      ...(condition === undefined ? {} : { condition }),
      assertions: assertions.map((one: Json) => {
        const { Assert: assertion, AssertDescription: description } = isObject(one) ? one : {};
        if (assertion === undefined) {
          throw malformed(`Every assertion of rule ${name} must contain an Assert.`);
        }
        return { assertion, ...(typeof description === 'string' ? { description } : {}) };
      }),
    };
  });
}

function malformed(what: string): Error {
  return validation(`Template format error: ${what}`);
}
