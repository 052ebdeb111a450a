/** Transforms of templates: what has to be done before they are templates like any other. */
import type { JsonObject } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import { transformsOf } from '../template/template.ts';
import { withoutLoops } from './for-each.ts';
import { transformServerless, type TransformContext } from './serverless.ts';

const SERVERLESS = 'AWS::Serverless-2016-10-31';
/** Its functions but the loops are understood without it. */
const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions';

/** @throws AwsError ValidationError for a transform that is not known here */
export function transformTemplate(tree: JsonObject, context: TransformContext): JsonObject {
  const names = transformsOf(tree);
  if (names.length === 0) return tree;
  const unknown = names.find((name) => name !== SERVERLESS && name !== LANGUAGE_EXTENSIONS);
  if (unknown !== undefined) throw validation(`No transform named ${unknown} found.`);
  const { Transform: _, ...rest } = tree;
  const plain = names.includes(LANGUAGE_EXTENSIONS) ? withoutLoops(rest, context) : rest;
  return names.includes(SERVERLESS) ? transformServerless(plain, context) : plain;
}
