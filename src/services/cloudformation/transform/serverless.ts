/** AWS::Serverless-2016-10-31. */
import type { JsonObject } from '#kernel/json.ts';

export interface TransformContext {
  readonly accountId: string;
  readonly region: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A template without types of AWS::Serverless. */
export function transformServerless(tree: JsonObject, _context: TransformContext): JsonObject {
  return tree;
}
