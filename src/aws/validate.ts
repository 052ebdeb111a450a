/** Checks an input against its model's constraints, and says what is wrong in AWS's words. */
import { modelledError } from './error-model.ts';
import type { Member, OperationModel, ServiceModel, Shape, StructureShape } from './model.ts';
import { shapeConstraints, type Constraint } from './validate-constraint.ts';
import { dialectOf, type Dialect, type Enumeration } from './validate-dialect.ts';
import { javaText, lowerFirst } from './validate-text.ts';

/** Errors that one answer names. */
const ERRORS_MAX = 10;

type Values = Readonly<Record<string, unknown>>;

/**
 * Holds where every required member is there and every value is within its length, range, pattern and values.
 * @throws AwsError ValidationException, or what the service says instead:
 *   `2 validation errors detected: Value 'x' at 'name' failed to satisfy constraint: …; Value null at …`
 */
export function validateInput(model: ServiceModel, operation: OperationModel, input: Values): void {
  const dialect = dialectOf(model);
  if (dialect.scope === 'none') return;
  const findings = new Findings(dialect, operation);
  const { members } = operation.input;
  if (dialect.scope === 'required') {
    for (const member of members) findings.required(member, input, '');
  } else if (dialect.bodyPrefix) {
    const prefix = dialect.bodyPrefix(operation);
    for (const member of members) if (isInBody(member)) findings.member(member, input, prefix);
    for (const member of members) if (!isInBody(member)) findings.member(member, input, '');
  } else {
    findings.structure(operation.input, input, '');
  }
  const [first] = findings.errors;
  if (first === undefined) return;
  const { own, errors } = findings;
  const count = errors.length === 1 ? '1 validation error' : `${errors.length} validation errors`;
  const message = own ?? `${count} detected: ${errors.join('; ')}`;
  throw modelledError(model, dialect.code, message);
}

const isInBody = ({ location }: Member): boolean => location === 'body';

/** Owns what was found so far, up to ten errors. */
class Findings {
  readonly errors: string[] = [];
  /** A message that stands alone, in the service's own words. */
  own: string | undefined;
  readonly #dialect: Dialect;
  readonly #operation: OperationModel;

  constructor(dialect: Dialect, operation: OperationModel) {
    this.#dialect = dialect;
    this.#operation = operation;
  }

  structure(shape: StructureShape, value: Values, path: string): void {
    const late = path === '' ? this.#dialect.late.get(this.#operation.name) : undefined;
    for (const member of shape.members) {
      if (member.name !== late) this.member(member, value, path);
    }
    if (late === undefined) return;
    for (const member of shape.members) if (member.name === late) this.member(member, value, path);
  }

  member(member: Member, container: Values, path: string): void {
    if (this.required(member, container, path)) return;
    const value = container[member.name];
    if (value === undefined) return;
    const key = path === '' ? `${this.#operation.name}.${member.name}` : '';
    if (this.#dialect.unchecked.has(key)) return;
    const place: Place = { shape: member.shape, value, path: path + lowerFirst(member.name) };
    const values = this.#dialect.enums.get(key);
    if (values === undefined) this.#value(place);
    else this.#special(place, values);
  }

  /** True where the member is required and absent. */
  required(member: Member, container: Values, path: string): boolean {
    if (!member.isRequired || container[member.name] !== undefined) return false;
    const own = this.#dialect.missing?.(member);
    if (own !== undefined) this.own ??= own;
    this.#add(`Value null at '${path}${lowerFirst(member.name)}'`, 'Member must not be null');
    return true;
  }

  #value(place: Place): void {
    const { shape, value } = place;
    if (value === null) {
      this.#add(`Value null at '${place.path}'`, 'Member must not be null');
      return;
    }
    const constraints = shapeConstraints(shape);
    if (!constraints.every((constraint) => constraint.holds(value))) {
      const broken = constraints.filter((constraint) => !constraint.holds(value));
      for (const constraint of inMessageOrder(broken)) {
        this.#broken(place, constraint.text, constraint);
      }
    }
    if (shape.kind === 'structure' && !shape.isEventStream) {
      this.structure(shape, value as Values, `${place.path}.`); // Parsed along this shape, here and below.
    } else if (shape.kind === 'list') this.#list(place, shape, value as readonly unknown[]);
    else if (shape.kind === 'map') this.#map(place, shape, value as Values);
  }

  /** Simple items are named together, by the list; structures one by one. */
  #list(place: Place, shape: Shape & { readonly kind: 'list' }, items: readonly unknown[]): void {
    const item = shape.member.shape;
    if (isSimple(item)) {
      const texts = this.#violated(shape, item, items);
      if (texts) this.#broken(place, `Member must satisfy constraint: [${texts}]`);
      return;
    }
    for (const [index, value] of items.entries()) {
      this.#value({ shape: item, value, path: `${place.path}.${index + 1}.member` });
    }
  }

  #map(place: Place, shape: Shape & { readonly kind: 'map' }, entries: Values): void {
    const keys = constraintTexts(shape.key.shape, Object.keys(entries));
    if (keys) this.#broken(place, `Map keys must satisfy constraint: [${keys}]`);
    const item = shape.value.shape;
    if (isSimple(item)) {
      const texts = this.#violated(shape, item, Object.values(entries));
      if (texts) this.#broken(place, `Map value must satisfy constraint: [${texts}]`);
      return;
    }
    for (const [key, value] of Object.entries(entries)) {
      this.#value({ shape: item, value, path: `${place.path}.${key}.member` });
    }
  }

  /** The sentences of the items' shape where one of them breaks it, or is null. */
  #violated(shape: Shape, item: Shape, items: readonly unknown[]): string | undefined {
    const hasNull = items.includes(null);
    const texts = constraintTexts(
      item,
      items.filter((value) => value !== null),
    );
    if (texts === undefined && !hasNull) return undefined;
    const all = shapeConstraints(item).map(({ text }) => text);
    if (hasNull || this.#dialect.saysNotNull(shape)) all.push('Member must not be null');
    return all.join(', ');
  }

  /** A string or a list of them, of values that the model does not say. */
  #special(place: Place, { listed, unlisted }: Enumeration): void {
    const known = new Set(listed.split(', '));
    const items = Array.isArray(place.value) ? place.value : [place.value];
    if (items.every((item) => known.has(item) || unlisted?.has(item))) return;
    this.#broken(place, `Member must satisfy enum value set: [${listed}]`);
  }

  #broken(place: Place, text: string, constraint?: Constraint): void {
    const { shape, path, value } = place;
    if (constraint?.kind === 'pattern' && shape.kind === 'string') {
      this.own ??= this.#dialect.mismatch?.(path, shape.pattern ?? '');
    }
    const isHidden = this.#dialect.hidesValues || ('isSensitive' in shape && shape.isSensitive);
    const shown = isHidden ? 'Value' : `Value '${javaText(shape, value)}'`;
    const isBare = this.#dialect.hidesValues && constraint?.kind === 'enum';
    this.#add(`${shown} at '${path}'`, isBare ? 'Member must satisfy enum value set' : text);
  }

  #add(what: string, text: string): void {
    if (this.errors.length >= ERRORS_MAX) return;
    this.errors.push(`${what} failed to satisfy constraint: ${text}`);
  }
}

interface Place {
  readonly shape: Shape;
  readonly value: unknown;
  readonly path: string;
}

const isSimple = ({ kind }: Shape): boolean =>
  kind !== 'structure' && kind !== 'list' && kind !== 'map';

/** All sentences of a shape where one of the values breaks one of them. */
function constraintTexts(shape: Shape, values: readonly unknown[]): string | undefined {
  const constraints = shapeConstraints(shape);
  const isBroken = constraints.some((each) => values.some((value) => !each.holds(value)));
  return isBroken ? constraints.map(({ text }) => text).join(', ') : undefined;
}

/** Outside of brackets the pattern comes first. */
function inMessageOrder(constraints: readonly Constraint[]): readonly Constraint[] {
  return constraints.toSorted(
    (a, b) => Number(b.kind === 'pattern') - Number(a.kind === 'pattern'),
  );
}
