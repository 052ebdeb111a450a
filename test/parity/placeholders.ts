/** What stands in recordings for values that nobody can foretell. The rules C1 to C3 are in `compare.ts`. */
import type { Json } from './compare.ts';

/** `<uuid:1>`, `<region>`, `<<next-token>:1>`, `<a:len(170)>`, `<timestamp:2022-07-13T13:48:01Z>`. */
const PLACEHOLDER =
  /<(<[\w-]+>|[A-Za-z][\w-]*)(?::(\d+|len\((\d+)\)|\d{4}-\d\d-\d\dT[\d:.]+Z?))?>/g;

const ISO_8601 = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?`;

/** Kinds whose values have a form that is worth holding to. */
const FORMS: Readonly<Record<string, string>> = {
  uuid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  // An archive's in base64, an image's in hex.
  'code-sha256': '(?:[A-Za-z0-9+/]{43}=|[0-9a-f]{64})',
  'code-size': String.raw`\d+`,
};

/** Values that placeholders of one entry stand for. */
export class Bindings {
  #values: Map<string, string>;
  readonly #known: Readonly<Record<string, string>>;

  constructor(known: Readonly<Record<string, string>>, values = new Map<string, string>()) {
    this.#known = known;
    this.#values = values;
  }

  copy(): Bindings {
    return new Bindings(this.#known, new Map(this.#values));
  }

  become(other: Bindings): void {
    this.#values = other.#values;
  }

  /** Whether the text can be what was recorded; what it tells of placeholders is kept where it can. */
  match(recorded: string, text: string): boolean {
    const { pattern, names } = this.#patternOf(recorded);
    const groups = pattern.exec(text);
    if (groups === null) return false;
    const found = names.map((name, index) => [name, groups[index + 1] ?? ''] as const);
    if (!found.every(([name, value]) => this.#isFree(name, value))) return false;
    for (const [name, value] of found) this.#values.set(name, value);
    return true;
  }

  /** A value stands for one placeholder of a name (C2). */
  #isFree(name: string, value: string): boolean {
    const kind = name.slice(0, name.lastIndexOf(':') + 1);
    return [...this.#values].every(
      ([other, taken]) => taken !== value || !other.startsWith(kind) || other === name,
    );
  }

  #patternOf(recorded: string): { pattern: RegExp; names: readonly string[] } {
    const names: string[] = [];
    let source = '';
    let end = 0;
    for (const match of recorded.matchAll(PLACEHOLDER)) {
      source += literal(recorded.slice(end, match.index)) + this.#part(match, names);
      end = match.index + match[0].length;
    }
    source += literal(recorded.slice(end));
    return { pattern: new RegExp(`^${source}$`, 's'), names };
  }

  #part([whole, name = '', number, length]: RegExpMatchArray, names: string[]): string {
    if (length !== undefined) return `(?:${escaped(name)}){${length}}`;
    const known = this.#known[whole.slice(1, -1)] ?? this.#values.get(whole);
    if (known !== undefined) return escaped(known);
    if (number?.includes('T')) return escaped(number).replaceAll(/\d/g, String.raw`\d`);
    const form = FORMS[name] ?? '.+?';
    if (number === undefined) return `(?:${form})`;
    const earlier = names.indexOf(whole);
    if (earlier >= 0) return `\\${earlier + 1}`;
    names.push(whole);
    return `(${form})`;
  }
}

/** Whether one numbered placeholder stands for all of the text. */
export function fullyHidden(recorded: string): boolean {
  const [match] = recorded.matchAll(PLACEHOLDER);
  return match !== undefined && match[0] === recorded && /^\d+$/.test(match[2] ?? '');
}

/** Whether what was observed can be what a recorded text tells. */
export function matchText(recorded: string, got: Json, bindings: Bindings): boolean {
  if (recorded === 'timestamp') return got !== null;
  if (recorded === 'datetime') return isDatetime(got);
  if (typeof got === 'string' || typeof got === 'number') {
    return got === recorded || bindings.match(recorded, String(got)) || isHidden(recorded, got);
  }
  return got !== null && isHidden(recorded, got);
}

/** `<location>` and the like without a number hide values of any type. */
function isHidden(recorded: string, got: Json): boolean {
  const [match] = recorded.matchAll(PLACEHOLDER);
  return (
    match?.[0] === recorded && match[2] === undefined && typeof got !== 'string' && got !== null
  );
}

/** A time that botocore parsed comes as `{ $datetime }`. */
function isDatetime(got: Json): boolean {
  return typeof got === 'object' && got !== null && '$datetime' in got;
}

/** Texts in which ISO 8601 times may stand as the word `date`. */
function literal(text: string): string {
  return escaped(text).replaceAll(/(?<!\w)date(?!\w)/g, `(?:date|${ISO_8601})`);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
