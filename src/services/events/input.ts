/** What a target receives in place of the event: a constant, a part of it, or a template filled from it. */
import type { Target } from '#aws/models/events.types.gen.ts';
import { validation } from './errors.ts';
import { isPath, valueAt } from './json-path.ts';
import { ruleArn, type EventEnvelope, type RuleAddress } from './model.ts';

const PLACEHOLDER = /<([A-Za-z0-9._-]+)>/g;
const PREDEFINED: readonly string[] = [
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event',
  'aws.events.event.json',
  'aws.events.event.ingestion-time',
];

/**
 * Checks a target's input; events_inputs, `test_put_event_input_path_and_input_transformer`.
 * @throws AwsError ValidationException
 */
export function checkInput({ Id: id, Input, InputPath, InputTransformer }: Target): void {
  const given = [Input, InputPath, InputTransformer].filter((input) => input !== undefined);
  if (given.length > 1) {
    throw validation(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`,
    );
  }
  if (Input !== undefined && !isJson(Input)) {
    throw validation(`JSON syntax error in input for target ${id}.`);
  }
  const paths = InputPath === undefined ? {} : { InputPath };
  for (const path of Object.values({ ...InputTransformer?.InputPathsMap, ...paths })) {
    if (!isPath(path)) throw validation(`Invalid InputPath for target ${id}.`);
  }
  for (const [, name = ''] of (InputTransformer?.InputTemplate ?? '').matchAll(PLACEHOLDER)) {
    const named = InputTransformer?.InputPathsMap ?? {};
    const isKnown = Object.hasOwn(named, name) || PREDEFINED.includes(name);
    if (isKnown) continue;
    throw validation(`InputTemplate for target ${id} contains invalid placeholder ${name}.`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export interface InputContext {
  readonly rule: RuleAddress;
  readonly ingestedAtMs: number;
}

/**
 * The text that a target receives; `undefined` where a template was filled to what is no JSON, which is not delivered.
 * Recorded: `test_input_transformer_nested_keys_replacement[<listmulti> multiple list items]`.
 */
export function inputOf(
  target: Target,
  event: EventEnvelope,
  context: InputContext,
): string | undefined {
  const { Input, InputPath, InputTransformer } = target;
  if (Input !== undefined) return Input;
  if (InputTransformer !== undefined) {
    const values = valuesOf(InputTransformer.InputPathsMap ?? {}, event, context);
    const filled = fill(InputTransformer.InputTemplate, values);
    // Lines of texts are taken, each for itself.
    return isJson(filled) || filled.trim().split('\n').every(isJson) ? filled : undefined;
  }
  return JSON.stringify(InputPath === undefined ? event : (valueAt(InputPath, event) ?? null));
}

function valuesOf(
  paths: Readonly<Record<string, string>>,
  event: EventEnvelope,
  { rule, ingestedAtMs }: InputContext,
): ReadonlyMap<string, unknown> {
  const { detail: _detail, ...withoutDetail } = event;
  const values = new Map<string, unknown>([
    ['aws.events.rule-arn', ruleArn(rule)],
    ['aws.events.rule-name', rule.rule],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', event],
    ['aws.events.event.ingestion-time', new Date(ingestedAtMs).toISOString()],
  ]);
  for (const [name, path] of Object.entries(paths)) values.set(name, valueAt(path, event));
  return values;
}

/**
 * Fills a template: outside quotes a value is JSON, inside them a text is its letters; one that is missing is empty.
 * In a template that is a text itself, objects and lists lose their quotes; in one of JSON they break it.
 * Recorded: `test_input_transformer_nested_keys_replacement`.
 */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  const isText = template.trimStart().startsWith('"');
  let filled = '';
  let isQuoted = false;
  let at = 0;
  for (const found of template.matchAll(PLACEHOLDER)) {
    const before = template.slice(at, found.index);
    isQuoted = isQuotedAfter(before, isQuoted);
    const value = values.get(found[1] ?? '');
    filled += before + (isQuoted ? textInQuotes(value, isText) : JSON.stringify(value ?? ''));
    at = found.index + found[0].length;
  }
  return filled + template.slice(at);
}

function isQuotedAfter(text: string, isQuoted: boolean): boolean {
  const quotes = text.match(/\\.|"/g)?.filter((mark) => mark === '"').length ?? 0;
  return quotes % 2 === 0 ? isQuoted : !isQuoted;
}

function textInQuotes(value: unknown, isText: boolean): string {
  if (value === undefined) return '';
  const json = JSON.stringify(value);
  if (typeof value === 'string') return json.slice(1, -1);
  return isText ? json.replaceAll(/(\\.)|"/g, '$1') : json;
}
