import { parseDocument, type Node } from '#aws/openapi.ts';
import { badRequest } from '../errors.ts';

/**
 * The document, of version 2 or 3, that a text says.
 * @throws AwsError BadRequestException where it says none
 */
export function readDocument(
  text: string,
  refusal = 'Unable to build importer with provided input.',
): Node {
  const document = parseDocument(text);
  if (document === undefined) throw badRequest(refusal);
  return document;
}

/** True for version 2, which is also called Swagger. */
export function isSwagger(document: Node): boolean {
  return typeof document['swagger'] === 'string';
}
