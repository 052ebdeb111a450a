/** A filter pattern that is none; `errors.ts` says it as AWS does. */
export class InvalidFilterPattern extends Error {
  override readonly name = 'InvalidFilterPattern';
}
