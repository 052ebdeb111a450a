/** What a value of a template refers to. Pure. */
import { isObject, type Json } from '#kernel/json.ts';
import { replaceVariables, toText } from '../text.ts';

/** One reference: to a name, or to an attribute of it. */
export interface Reference {
  readonly name: string;
  readonly attribute?: string;
}

/**
 * All references within a value.
 * @param isChosen tells of a condition whether it holds; both branches count where nothing is said
 */
export function referencesOf(
  value: Json | undefined,
  isChosen?: (condition: string) => boolean,
): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => referencesOf(item, isChosen));
  if (!isObject(value)) return [];
  const entries = Object.entries(value);
  const [[key, argument] = ['', undefined]] = entries;
  if (entries.length === 1 && argument !== undefined) {
    switch (key) {
      case 'Ref':
        return typeof argument === 'string' ? [{ name: argument }] : [];
      case 'Fn::GetAtt':
        return attributeReference(argument);
      case 'Fn::Sub':
        return referencesOfSub(argument, isChosen);
      case 'Fn::If':
        return referencesOfIf(argument, isChosen);
      default:
    }
  }
  return entries.flatMap(([, item]) => referencesOf(item, isChosen));
}

function attributeReference(argument: Json): Reference[] {
  const [name, ...attribute] =
    typeof argument === 'string'
      ? argument.split('.')
      : Array.isArray(argument)
        ? (argument as readonly Json[])
        : [];
  if (typeof name !== 'string') return [];
  const dynamic = attribute.flatMap((part) => referencesOf(part));
  return [{ name, attribute: attribute.map(toText).join('.') }, ...dynamic];
}

function referencesOfSub(argument: Json, isChosen?: (condition: string) => boolean): Reference[] {
  const [text, own] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument];
  const values = isObject(own) ? own : {};
  const names: string[] = [];
  replaceVariables(toText(text), (inner) => {
    if (inner !== '' && !inner.startsWith('!')) names.push(inner.trim());
    return '';
  });
  const free = names.filter((name) => !Object.hasOwn(values, name));
  return [
    ...free.flatMap((name) => (name.includes('.') ? attributeReference(name) : [{ name }])),
    ...Object.values(values).flatMap((value) => referencesOf(value, isChosen)),
  ];
}

function referencesOfIf(argument: Json, isChosen?: (condition: string) => boolean): Reference[] {
  if (!Array.isArray(argument)) return [];
  const [name, whenTrue, whenFalse] = argument as readonly Json[];
  if (isChosen === undefined || typeof name !== 'string') {
    return [...referencesOf(whenTrue), ...referencesOf(whenFalse)];
  }
  return referencesOf(isChosen(name) ? whenTrue : whenFalse, isChosen);
}
