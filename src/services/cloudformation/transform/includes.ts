/**
 * Parts of templates that stand in S3: `Fn::Transform` with `AWS::Include`, as definitions of APIs are brought in.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
 */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import { INCLUDES_MAX } from '../limits.ts';
import { toText } from '../text.ts';
import { knownText, objectOf, type TransformContext } from './parts.ts';

interface Includes {
  readonly context: TransformContext;
  /** What an address in S3 holds. @throws AwsError ValidationError */
  read(location: string): Promise<JsonObject>;
}

/**
 * The template with what it includes; what stands beside an inclusion stays.
 * @throws AwsError ValidationError
 */
export async function withIncludes(tree: JsonObject, includes: Includes): Promise<JsonObject> {
  let count = 0;
  const include = async (given: JsonObject): Promise<JsonObject> => {
    const { Name: name, Parameters: parameters } = given;
    if (name !== 'AWS::Include') throw validation(`No transform named ${toText(name)} found.`);
    const location = knownText(objectOf(parameters)['Location'], includes.context);
    if (location === undefined) {
      throw validation(
        'Transform AWS::Include failed with: The location parameter has to be a text, or a parameter.',
      );
    }
    count += 1;
    if (count > INCLUDES_MAX) {
      throw validation(`Transform AWS::Include failed with: more than ${INCLUDES_MAX} inclusions.`);
    }
    return await includes.read(location);
  };
  const visit = async (value: Json | undefined): Promise<Json> => {
    if (Array.isArray(value)) {
      const items: Json[] = [];
      for (const item of value as readonly Json[]) items.push(await visit(item));
      return items;
    }
    if (!isObject(value)) return value ?? null;
    const entries: [string, Json][] = [];
    for (const [key, item] of Object.entries(value)) {
      if (key === 'Fn::Transform' && isObject(item)) {
        // What is included may include no more, as on AWS.
        for (const [name, part] of Object.entries(await include(item))) {
          entries.push([name, part ?? null]);
        }
      } else entries.push([key, await visit(item)]);
    }
    return Object.fromEntries(entries);
  };
  return objectOf(await visit(tree));
}

/** True where a template includes something. */
export function hasIncludes(text: string): boolean {
  return /Fn::Transform|!Transform/.test(text);
}
