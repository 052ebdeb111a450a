/**
 * `Fn::ForEach`, of the transform AWS::LanguageExtensions: what a loop stands for is written out, once for each item.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
 */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import {
  EVALUATION_STEPS_MAX,
  LOOP_ITEMS_MAX,
  LOOPS_DEEP_MAX,
  OBJECT_BYTES_MAX,
} from '../limits.ts';
import { ownOf } from '../own.ts';
import { toText } from '../text.ts';
import { objectOf, type TransformContext } from './parts.ts';

const LOOP = 'Fn::ForEach::';

/** What the loops around a value stand for, and what may still be written. */
interface Scope {
  readonly tree: JsonObject;
  readonly context: TransformContext;
  readonly items: ReadonlyMap<string, string>;
  readonly budget: { steps: number; characters: number };
}

/** The template without loops. @throws AwsError ValidationError */
export function withoutLoops(tree: JsonObject, context: TransformContext): JsonObject {
  const budget = { steps: EVALUATION_STEPS_MAX, characters: OBJECT_BYTES_MAX };
  const scope = { tree, context, items: new Map(), budget };
  return objectOf(writeOut(tree, scope));
}

function writeOut(value: Json, scope: Scope): Json {
  spend(scope, 0);
  if (typeof value === 'string') return filledIn(value, scope);
  if (Array.isArray(value)) return value.map((item: Json) => writeOut(item, scope));
  if (!isObject(value)) return value;
  const { Ref: name, ...others } = value;
  if (typeof name === 'string' && Object.keys(others).length === 0) {
    return scope.items.get(name) ?? { Ref: filledIn(name, scope) };
  }
  const written = new Map<string, Json>();
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const entries = key.startsWith(LOOP)
      ? loop(key, item, scope)
      : [[filledIn(key, scope), writeOut(item, scope)] as const];
    for (const [made, content] of entries) {
      if (written.has(made)) throw failed(`the key ${made} is written out more than once.`);
      written.set(made, content);
    }
  }
  return Object.fromEntries(written);
}

function loop(key: string, value: Json, scope: Scope): readonly (readonly [string, Json])[] {
  const [name, collection, body, ...rest] = Array.isArray(value) ? (value as readonly Json[]) : [];
  if (typeof name !== 'string' || collection === undefined || !isObject(body) || rest.length > 0) {
    throw failed(
      `${key} requires a list of three: an identifier, a collection, and a map of what is written out.`,
    );
  }
  if (scope.items.has(name))
    throw failed(`${key} has the identifier of a loop around it, ${name}.`);
  if (scope.items.size >= LOOPS_DEEP_MAX) {
    throw failed(`loops are nested at most ${LOOPS_DEEP_MAX} levels deep.`);
  }
  const items = [...itemsOf(key, collection, scope).take(LOOP_ITEMS_MAX + 1)];
  if (items.length > LOOP_ITEMS_MAX) {
    throw failed(`${key} has more than ${LOOP_ITEMS_MAX} items.`);
  }
  return items.flatMap((item) => {
    const inner = { ...scope, items: new Map([...scope.items, [name, item]]) };
    return Object.entries(objectOf(writeOut(body, inner))).map(
      ([made, content]) => [made, content ?? null] as const,
    );
  });
}

/** Those of a list, a parameter that is one, or one of a mapping; as they are asked for, since lists of lists multiply. */
function* itemsOf(key: string, collection: Json, scope: Scope): Generator<string, void> {
  if (Array.isArray(collection)) {
    for (const item of collection as readonly Json[]) yield* itemsOf(key, item, scope);
  } else if (isObject(collection)) {
    yield* listOf(key, collection, scope);
  } else {
    yield filledIn(toText(collection), scope);
  }
}

function listOf(key: string, collection: JsonObject, scope: Scope): readonly string[] {
  const { Ref: name, 'Fn::FindInMap': path } = collection;
  if (typeof name === 'string') {
    const known = scope.items.get(name) ?? parameterOf(name, scope);
    spend(scope, known?.length ?? 0);
    if (known !== undefined) return known === '' ? [] : known.split(',').map((one) => one.trim());
  }
  if (Array.isArray(path)) {
    const found = foundIn(path, scope);
    if (Array.isArray(found)) return found.map(toText);
  }
  throw failed(`the collection of ${key} cannot be known before anything is made.`);
}

function foundIn(path: readonly Json[], scope: Scope): Json | undefined {
  const [map = '', top = '', below = ''] = path.map((part) => {
    const { Ref: name } = objectOf(part);
    if (typeof name !== 'string') return filledIn(toText(part), scope);
    return scope.items.get(name) ?? parameterOf(name, scope) ?? '';
  });
  const mapping = objectOf(ownOf(objectOf(scope.tree['Mappings']), map));
  return ownOf(objectOf(ownOf(mapping, top)), below);
}

function parameterOf(name: string, { tree, context }: Scope): string | undefined {
  if (name === 'AWS::Region') return context.region;
  if (name === 'AWS::AccountId') return context.accountId;
  const known = context.parameters.get(name);
  if (known !== undefined) return known;
  const standing = objectOf(ownOf(objectOf(tree['Parameters']), name))['Default'];
  return standing === undefined || standing === null ? undefined : toText(standing);
}

/** `${Name}` becomes the item; `&{Name}` its letters and digits alone, for logical ids. */
function filledIn(text: string, scope: Scope): string {
  spend(scope, text.length);
  if (scope.items.size === 0 || !text.includes('{')) return text;
  return text.replaceAll(/([$&])\{([A-Za-z0-9]+)\}/g, (whole, sign: string, name: string) => {
    const item = scope.items.get(name);
    if (item === undefined) return whole;
    spend(scope, item.length);
    return sign === '$' ? item : item.replaceAll(/[^A-Za-z0-9]/g, '');
  });
}

/** Counts what is written. @throws AwsError ValidationError where that is too much */
function spend({ budget }: Scope, characters: number): void {
  budget.steps -= 1;
  budget.characters -= characters;
  if (budget.steps >= 0 && budget.characters >= 0) return;
  throw failed('the loops write out more than can be deployed.');
}

function failed(message: string) {
  return validation(`Transform AWS::LanguageExtensions failed with: ${message}`);
}
