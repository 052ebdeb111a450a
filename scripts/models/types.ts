/** Turns a described service into the TypeScript interfaces of `src/aws/models/<service>.types.gen.ts`. */
import { HEADER, present } from './runtime.ts';
import type { SourceModel, SourceOperation, SourceRef, SourceShape } from './source.ts';

/** The module that holds the types of one service's inputs, outputs and errors. */
export function typesModule(service: string, model: SourceModel): string {
  const names = structures(model);
  const interfaces = [...names].toSorted().map((name) => structureType(name, model));
  const operations = Object.values(model.operations).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rows = operations.map(
    (operation) =>
      `  readonly ${operation.name}: AwsOperation<${inputOf(operation)}, ${outputOf(operation)}>;\n`,
  );
  const errors = Object.keys(model.shapes)
    .filter((name) => model.shapes[name]?.exception)
    .toSorted();
  const codes = errors.length === 0 ? 'never' : errors.map((name) => `\n  | '${name}'`).join('');
  return (
    HEADER(service, model.metadata.apiVersion) +
    `import type { Operation as AwsOperation } from '../operation.ts';\n\n` +
    `/** What an operation without members takes or answers. */\n` +
    `export type Empty = { readonly [key: string]: never };\n\n` +
    `/** The whole service, as a table of its operations. */\n` +
    `export interface Operations {\n${rows.join('')}}\n\n` +
    `/** The exceptions that the model names. */\nexport type ErrorName = ${codes};\n\n` +
    interfaces.join('\n')
  );
}

const inputOf = (operation: SourceOperation): string => operation.input?.shape ?? 'Empty';
const outputOf = (operation: SourceOperation): string => operation.output?.shape ?? 'Empty';

/** Names of all structures met from the operations. */
function structures(model: SourceModel): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const shape = present(model.shapes[name], name);
    for (const reference of Object.values(shape.members ?? {})) visit(reference.shape);
    for (const reference of [shape.member, shape.key, shape.value]) {
      if (reference) visit(reference.shape);
    }
  };
  for (const { input, output } of Object.values(model.operations)) {
    if (input) visit(input.shape);
    if (output) visit(output.shape);
  }
  return new Set([...seen].filter((name) => model.shapes[name]?.type === 'structure'));
}

function structureType(name: string, model: SourceModel): string {
  const shape = present(model.shapes[name], name);
  const members = Object.entries(shape.members ?? {});
  if (members.length === 0) return `export type ${name} = Empty;\n`;
  const rows = members.map(([member, reference]) => {
    const mark = shape.required?.includes(member) && !shape.exception ? '' : '?';
    return `  readonly ${propertyName(member)}${mark}: ${referenceType(reference, model)};\n`;
  });
  return `export interface ${name} {\n${rows.join('')}}\n`;
}

function referenceType(reference: SourceRef, model: SourceModel): string {
  const shape = present(model.shapes[reference.shape], reference.shape);
  if (shape.type === 'structure') {
    return shape.eventstream ? `AsyncIterable<${reference.shape}>` : reference.shape;
  }
  if (shape.type === 'blob' && (reference.streaming || shape.streaming)) {
    return 'AsyncIterable<Uint8Array>';
  }
  return valueType(shape, model);
}

function valueType(shape: SourceShape, model: SourceModel): string {
  if (shape.type === 'list') {
    const member = referenceType(present(shape.member, 'member'), model);
    return `readonly ${member.startsWith('readonly ') ? `(${member})` : member}[]`;
  }
  if (shape.type === 'map') {
    return `{ readonly [key: string]: ${referenceType(present(shape.value, 'value'), model)} }`;
  }
  return present(SIMPLE_TYPES[shape.type], shape.type);
}

/** A timestamp is milliseconds since 1970. */
const SIMPLE_TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  character: 'string',
  boolean: 'boolean',
  integer: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bigdecimal: 'number',
  timestamp: 'number',
  blob: 'Uint8Array',
};

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
}
