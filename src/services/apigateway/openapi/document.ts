import type { Node } from '#aws/openapi.ts';
import { readOpenApi } from '#aws/read-openapi.ts';
import { textOf } from '#kernel/bytes.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest } from '../errors.ts';

/**
 * The document, of version 2 or 3, that a body says.
 * @throws AwsError BadRequestException where it says none, and the signal's reason
 */
export async function readDocument(
  dependencies: Pick<ApiGatewayDependencies, 'threads'>,
  body: Uint8Array,
  signal: AbortSignal,
  refusal = 'Unable to build importer with provided input.',
): Promise<Node> {
  const document = await readOpenApi(dependencies, textOf(body), signal);
  if (document === undefined) throw badRequest(refusal);
  return document;
}

/** True for version 2, which is also called Swagger. */
export function isSwagger(document: Node): boolean {
  return typeof document['swagger'] === 'string';
}
