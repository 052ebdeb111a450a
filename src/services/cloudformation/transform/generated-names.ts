/**
 * References to what the transform made under names of its own: `!Ref Function.Alias`, `${Layer}`. Pure.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
 */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { replaceVariables, toText } from '../text.ts';

/** Logical ids by what a template calls them: `Function.Alias`. */
export type GeneratedNames = ReadonlyMap<string, string>;

/** A value in which every reference names what is in the template now. */
export function withGenerated(value: Json | undefined, names: GeneratedNames): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withGenerated(item, names));
  if (!isObject(value)) return value ?? null;
  const renamed = Object.entries(value).map(([key, item]): [string, Json] => {
    if (key === 'Ref' && typeof item === 'string') return [key, names.get(item) ?? item];
    if (key === 'Fn::GetAtt') return [key, attributeOf(item, names)];
    if (key === 'Fn::Sub') return [key, substitution(item, names)];
    if (key === 'DependsOn') return [key, dependencies(item, names)];
    return [key, withGenerated(item, names)];
  });
  return Object.fromEntries(renamed);
}

function attributeOf(given: Json | undefined, names: GeneratedNames): Json {
  const parts = Array.isArray(given)
    ? (given as readonly Json[])
    : typeof given === 'string'
      ? given.split('.')
      : undefined;
  if (parts === undefined || !parts.every((part) => typeof part === 'string')) return given ?? null;
  const [name = '', ...attribute] = parts.join('.').split('.');
  const [part = '', ...rest] = attribute;
  const generated = rest.length === 0 ? undefined : names.get(`${name}.${part}`);
  if (generated !== undefined) return [generated, rest.join('.')];
  return [names.get(name) ?? name, attribute.join('.')];
}

/** Names that the function itself gives values stay, and so does what is no reference. */
function substitution(given: Json | undefined, names: GeneratedNames): Json {
  const [text, own] = Array.isArray(given) ? (given as readonly Json[]) : [given];
  if (typeof text !== 'string') return withGenerated(given, names);
  const values: JsonObject = isObject(own) ? own : {};
  const renamed = replaceVariables(text, (inner) => {
    if (Object.hasOwn(values, inner.trim())) return `\${${inner}}`;
    const [name = '', part = '', ...rest] = inner.trim().split('.');
    const generated = names.get(`${name}.${part}`);
    if (generated !== undefined) return `\${${[generated, ...rest].join('.')}}`;
    const known = names.get(name);
    return known === undefined ? `\${${inner}}` : `\${${inner.trim().replace(name, known)}}`;
  });
  return Array.isArray(given) ? [renamed, withGenerated(own, names)] : renamed;
}

function dependencies(given: Json | undefined, names: GeneratedNames): Json {
  const one = (id: Json): Json => (typeof id === 'string' ? (names.get(id) ?? id) : id);
  if (Array.isArray(given)) return (given as readonly Json[]).map(one);
  return toText(given) === '' ? (given ?? null) : one(given ?? null);
}
