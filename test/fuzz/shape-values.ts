/** Values of a model's shapes, as the types say them. */
import * as fc from 'fast-check';
import type { Member, Shape, StructureShape } from '#aws/model.ts';

type Value = fc.Arbitrary<unknown>;

/** Text without lone surrogates, which no wire can carry. */
const text: fc.Arbitrary<string> = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map((value) => value.toWellFormed());
const moment = fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000);

export interface ValueOptions {
  /** Text of XML cannot hold every character. */
  readonly text?: fc.Arbitrary<string>;
  readonly isInBody?: (member: Member) => boolean;
}

/** Values of a structure; recursion ends after three levels. */
export function valuesOf(shape: Shape, options: ValueOptions = {}, depth = 0): Value {
  switch (shape.kind) {
    case 'structure':
      return structures(shape, options, depth);
    case 'list':
      return fc.array(valuesOf(shape.member.shape, options, depth + 1), {
        minLength: 1,
        maxLength: 3,
      });
    case 'map':
      return fc
        .array(fc.tuple(options.text ?? text, valuesOf(shape.value.shape, options, depth + 1)), {
          minLength: 1,
          maxLength: 3,
        })
        .map((entries) => Object.fromEntries(entries));
    case 'string':
      return options.text ?? text;
    case 'integer':
    case 'long':
      return fc.maxSafeInteger();
    case 'float':
    case 'double':
      return fc.double({ noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value));
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return moment;
    default:
      return fc.uint8Array({ maxLength: 12 });
  }
}

function structures(shape: StructureShape, options: ValueOptions, depth: number): Value {
  const isInBody = options.isInBody ?? ((member: Member) => member.location === 'body');
  const members = depth > 3 ? [] : shape.members.filter(isInBody);
  const picked = fc.subarray(members, { maxLength: Math.min(members.length, 4) });
  return picked.chain((chosen) => {
    const record = Object.fromEntries(
      chosen.map((member) => [member.name, valuesOf(member.shape, options, depth + 1)]),
    );
    return fc.record(record, { noNullPrototype: true });
  });
}
