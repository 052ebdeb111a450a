/** Reads a model's compact text, lazily: a service that nobody calls costs nothing. */
import type {
  ErrorModel,
  ListShape,
  Location,
  MapShape,
  Member,
  OperationModel,
  ServiceModel,
  Shape,
  StructureShape,
  TimestampFormat,
} from '../model.ts';

/** What the generated file says of a service beside its text. */
export type ModelHeader = Pick<
  ServiceModel,
  'name' | 'serviceId' | 'apiVersion' | 'endpointPrefix' | 'signingName'
> & {
  readonly protocols: readonly string[];
  readonly targetPrefix?: string;
  readonly xmlNamespace?: string;
  readonly errorNamespace?: string;
  readonly hasErrorDetail?: boolean;
  readonly isQueryCompatible?: boolean;
};

interface TextRef {
  readonly shape: string;
  readonly location?: Location;
  readonly name?: string;
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  readonly xmlAttribute?: boolean;
  readonly eventPayload?: boolean;
  readonly timestampFormat?: TimestampFormat;
}

interface TextShape {
  readonly type?: string;
  readonly members?: Readonly<Record<string, TextRef | string>>;
  readonly required?: readonly string[];
  readonly payload?: string;
  readonly eventStream?: boolean;
  readonly unwrapped?: boolean;
  readonly xmlName?: string;
  readonly xmlNamespace?: { readonly uri: string; readonly prefix?: string };
  readonly error?: { readonly code?: string; readonly status: number; readonly fault?: 'server' };
  readonly member?: TextRef | string;
  readonly key?: TextRef | string;
  readonly value?: TextRef | string;
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  readonly queryName?: string;
  readonly queryKey?: string;
  readonly queryValue?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;
  readonly timestampFormat?: TimestampFormat;
}

interface TextOperation {
  readonly input?: string;
  readonly inputRoot?: string;
  readonly output?: string;
  readonly method?: string;
  readonly uri?: string;
  readonly status?: number;
  readonly resultWrapper?: string;
  readonly deprecated?: boolean;
}

interface ModelText {
  readonly operations: Readonly<Record<string, TextOperation>>;
  readonly shapes: Readonly<Record<string, TextShape>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const EMPTY_STRUCTURE: StructureShape = {
  kind: 'structure',
  name: 'Unit',
  members: [],
  memberByName: new Map(),
  bodyMembers: new Map(),
  attributes: [],
  isEventStream: false,
  isUnwrapped: false,
  isSensitive: false,
};

/** The model that a generated file's header and text say; `load` is called at the first question. */
export function defineModel(header: ModelHeader, load: () => unknown): ServiceModel {
  let reader: ModelReader | undefined;
  const read = (): ModelReader => (reader ??= new ModelReader(load() as ModelText)); // Our generator's output.
  return {
    ...header,
    protocols: header.protocols as ServiceModel['protocols'], // Our generator's output.
    hasErrorDetail: header.hasErrorDetail ?? false,
    isQueryCompatible: header.isQueryCompatible ?? false,
    operationNames: () => read().operationNames,
    operation: (name) => read().operation(name),
    error: (nameOrCode) => read().error(nameOrCode),
  };
}

/** Owns the parsed text of one service and what was made of it so far. */
class ModelReader {
  readonly operationNames: readonly string[];
  readonly #text: ModelText;
  readonly #operations = new Map<string, OperationModel>();
  readonly #shapes = new Map<string, Shape>();
  #errors: ReadonlyMap<string, string> | undefined;

  constructor(text: ModelText) {
    this.#text = text;
    this.operationNames = Object.keys(text.operations);
  }

  operation(name: string): OperationModel | undefined {
    const known = this.#operations.get(name);
    if (known) return known;
    if (!Object.hasOwn(this.#text.operations, name)) return undefined;
    const text = this.#text.operations[name];
    if (!text) return undefined;
    const operation: OperationModel = {
      name,
      input: this.#root(text.input),
      output: this.#root(text.output),
      http: { method: text.method ?? 'POST', uri: text.uri ?? '/', status: text.status ?? 200 },
      isDeprecated: text.deprecated ?? false,
      resultWrapper: text.resultWrapper ?? `${name}Result`,
      ...(text.inputRoot !== undefined && { inputRoot: text.inputRoot }),
    };
    this.#operations.set(name, operation);
    return operation;
  }

  error(nameOrCode: string): ErrorModel | undefined {
    this.#errors ??= errorNames(this.#text);
    const name = this.#errors.get(nameOrCode);
    const error = name === undefined ? undefined : this.#text.shapes[name]?.error;
    if (name === undefined || !error) return undefined;
    const { status, code = name, fault = 'client' } = error;
    return { name, code, status, fault, shape: this.#root(name) };
  }

  #root(name: string | undefined): StructureShape {
    const shape = name === undefined ? EMPTY_STRUCTURE : this.#shape(name);
    return shape.kind === 'structure' ? shape : EMPTY_STRUCTURE;
  }

  /** A shape is known before its parts are made, so that it may hold itself. */
  #shape(name: string): Shape {
    const known = this.#shapes.get(name);
    if (known) return known;
    const text = this.#text.shapes[name];
    if (!text) throw new Error(`the model lacks ${name}`);
    if (text.members) return this.#structure(name, text, text.members);
    if (text.member) return this.#list(name, text, text.member);
    if (text.key && text.value) return this.#map(name, text, text.key, text.value);
    const shape = simpleShape(name, text);
    this.#shapes.set(name, shape);
    return shape;
  }

  #structure(
    name: string,
    text: TextShape,
    references: NonNullable<TextShape['members']>,
  ): StructureShape {
    const members: Member[] = [];
    const memberByName = new Map<string, Member>();
    const bodyMembers = new Map<string, Member>();
    const attributes: Member[] = [];
    const shape: Mutable<StructureShape> = {
      kind: 'structure',
      name,
      members,
      memberByName,
      bodyMembers,
      attributes,
      isEventStream: text.eventStream ?? false,
      isUnwrapped: text.unwrapped ?? false,
      isSensitive: text.sensitive ?? false,
      ...(text.xmlName !== undefined && { xmlName: text.xmlName }),
      ...(text.xmlNamespace && { xmlNamespace: text.xmlNamespace }),
    };
    this.#shapes.set(name, shape);
    for (const [key, reference] of Object.entries(references)) {
      const member = this.#member(key, reference, text.required?.includes(key) ?? false);
      members.push(member);
      memberByName.set(key, member);
      if (member.location === 'body') bodyMembers.set(member.wireName, member);
      if (member.isXmlAttribute) attributes.push(member);
      if (text.payload === key) shape.payload = member;
    }
    return shape;
  }

  #list(name: string, text: TextShape, reference: TextRef | string): Shape {
    const shape = {
      kind: 'list',
      name,
      isFlattened: text.flattened ?? false,
    } as Mutable<ListShape>; // `member` follows.
    Object.assign(shape, limits(text), text.queryName && { queryName: text.queryName });
    this.#shapes.set(name, shape);
    shape.member = this.#member('member', reference, false);
    return shape;
  }

  #map(name: string, text: TextShape, key: TextRef | string, value: TextRef | string): Shape {
    const shape = { kind: 'map', name, isFlattened: text.flattened ?? false } as Mutable<MapShape>; // The parts follow.
    Object.assign(shape, limits(text), text.queryName && { queryName: text.queryName });
    this.#shapes.set(name, shape);
    shape.key = this.#member('key', named(key, text.queryKey), false);
    shape.value = this.#member('value', named(value, text.queryValue), false);
    return shape;
  }

  #member(name: string, reference: TextRef | string, isRequired: boolean): Member {
    const text: TextRef = typeof reference === 'string' ? { shape: reference } : reference;
    return {
      name,
      wireName: text.name ?? name,
      headerName: (text.name ?? name).toLowerCase(),
      hasWireName: text.name !== undefined,
      shape: this.#shape(text.shape),
      isRequired,
      location: text.location ?? 'body',
      isFlattened: text.flattened ?? false,
      isStreaming: text.streaming ?? this.#text.shapes[text.shape]?.streaming ?? false,
      isXmlAttribute: text.xmlAttribute ?? false,
      isEventPayload: text.eventPayload ?? false,
      ...(text.timestampFormat && { timestampFormat: text.timestampFormat }),
    };
  }
}

function named(reference: TextRef | string, name: string | undefined): TextRef | string {
  if (name === undefined) return reference;
  return typeof reference === 'string' ? { shape: reference, name } : { ...reference, name };
}

interface Limits {
  readonly isSensitive: boolean;
  readonly min?: number;
  readonly max?: number;
}

function limits(text: TextShape): Limits {
  return {
    isSensitive: text.sensitive ?? false,
    ...(text.min !== undefined && { min: text.min }),
    ...(text.max !== undefined && { max: text.max }),
  };
}

function simpleShape(name: string, text: TextShape): Shape {
  switch (text.type) {
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return { kind: text.type, name, ...limits(text) };
    case 'boolean':
      return { kind: 'boolean', name };
    case 'blob':
      return { kind: 'blob', name, ...limits(text) };
    case 'timestamp':
      return {
        kind: 'timestamp',
        name,
        ...(text.timestampFormat && { format: text.timestampFormat }),
      };
    default:
      return {
        kind: 'string',
        name,
        ...limits(text),
        ...(text.pattern !== undefined && { pattern: text.pattern }),
        ...(text.enum && { enum: text.enum }),
      };
  }
}

/** Exceptions by name, and by their code where no name is the same. */
function errorNames(text: ModelText): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const errors = Object.entries(text.shapes).filter(([, { error }]) => error !== undefined);
  for (const [name, { error }] of errors) names.set(error?.code ?? name, name);
  for (const [name] of errors) names.set(name, name);
  return names;
}
