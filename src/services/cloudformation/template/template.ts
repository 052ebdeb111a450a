/** The parts of a template, checked for their form. */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import { OUTPUTS_MAX, PARAMETERS_MAX, RESOURCES_MAX } from '../limits.ts';
import { toText } from '../text.ts';

export interface TemplateResource {
  readonly type: string;
  readonly properties: JsonObject;
  readonly condition?: string;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: Json;
  readonly updateReplacePolicy: Json;
  readonly metadata?: Json;
}

export interface TemplateOutput {
  readonly value: Json;
  readonly description?: string;
  readonly condition?: string;
  readonly exportName?: Json;
}

export interface Template {
  readonly description?: string;
  readonly version?: string;
  readonly metadata?: Json;
  readonly transforms: readonly string[];
  readonly parameters: Readonly<Record<string, JsonObject>>;
  readonly mappings: Readonly<Record<string, JsonObject>>;
  readonly conditions: Readonly<Record<string, Json>>;
  /** As they stand there: they are asked before anything is made, and never again. @see rules.ts */
  readonly rules: Json;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, TemplateOutput>>;
}

const SECTIONS: ReadonlySet<string> = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
  'Rules',
  'Transform',
  'Resources',
  'Outputs',
  'Hooks',
]);

const RESOURCE_ATTRIBUTES: ReadonlySet<string> = new Set([
  'Type',
  'Properties',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'UpdatePolicy',
  'CreationPolicy',
  'Metadata',
  // Of custom resources.
  'Version',
]);

/** The names of a template's transforms. */
export function transformsOf(tree: JsonObject): readonly string[] {
  const { Transform: transform } = tree;
  const list = transform === undefined || transform === null ? [] : [transform].flat();
  return list.map((one) =>
    typeof one === 'string' ? one : isObject(one) ? toText(one['Name']) : toText(one),
  );
}

/**
 * The parts of a template whose transforms are done.
 * @throws AwsError ValidationError
 */
export function readTemplate(tree: JsonObject): Template {
  const unknown = Object.keys(tree).filter((key) => !SECTIONS.has(key));
  if (unknown.length > 0) {
    throw validation(`Invalid template property or properties [${unknown.join(', ')}]`);
  }
  const version = tree['AWSTemplateFormatVersion'];
  if (version !== undefined && version !== '2010-09-09') {
    throw validation('Template format error: unsupported value for AWSTemplateFormatVersion.');
  }
  const resources = section(tree, 'Resources');
  if (Object.keys(resources).length === 0) {
    throw validation('Template format error: At least one Resources member must be defined.');
  }
  const parameters = section(tree, 'Parameters');
  const outputs = section(tree, 'Outputs');
  checkCount('resources', Object.keys(resources).length, RESOURCES_MAX);
  checkCount('parameters', Object.keys(parameters).length, PARAMETERS_MAX);
  checkCount('outputs', Object.keys(outputs).length, OUTPUTS_MAX);
  const { Description: description, Metadata: metadata } = tree;
  return {
    ...(typeof description === 'string' ? { description } : {}),
    ...(version === undefined ? {} : { version: '2010-09-09' }),
    ...(metadata === undefined ? {} : { metadata }),
    transforms: transformsOf(tree),
    parameters: objectsOf(parameters, 'Parameters'),
    mappings: objectsOf(section(tree, 'Mappings'), 'Mappings'),
    conditions: section(tree, 'Conditions') as Record<string, Json>, // Entries are there, here and below.
    rules: tree['Rules'] ?? {},
    resources: mapValues(resources, readResource),
    outputs: mapValues(outputs, readOutput),
  };
}

function mapValues<T>(
  entries: JsonObject,
  read: (name: string, value: Json | undefined) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [name, read(name, value)]),
  );
}

function section(tree: JsonObject, name: string): JsonObject {
  const value = tree[name];
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw validation(`Template format error: ${name} is not an object.`);
}

function objectsOf(entries: JsonObject, name: string): Record<string, JsonObject> {
  return mapValues(entries, (key, value) => {
    if (isObject(value)) return value;
    throw validation(
      `Template format error: Every ${name} object must be an object; ${key} is not.`,
    );
  });
}

function checkCount(what: string, count: number, max: number): void {
  if (count <= max) return;
  throw validation(
    `Template format error: Number of ${what}, ${count}, is greater than maximum allowed, ${max}`,
  );
}

function readResource(name: string, value: Json | undefined): TemplateResource {
  if (!/^[A-Za-z0-9]+$/.test(name)) {
    throw validation(`Template format error: Resource name ${name} is non alphanumeric.`);
  }
  if (!isObject(value)) {
    throw validation('Template format error: Every Resources object must be an object.');
  }
  const resource = value; // Of JSON's values only.
  const { Type: type, Properties: properties, Condition: condition, DependsOn: after } = resource;
  if (typeof type !== 'string') {
    throw validation(
      `Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`,
    );
  }
  const extra = Object.keys(resource).filter((key) => !RESOURCE_ATTRIBUTES.has(key));
  if (extra.length > 0) {
    throw validation(`Invalid template resource property '${extra[0]}'`);
  }
  if (properties !== undefined && properties !== null && !isObject(properties)) {
    throw validation(
      `Template format error: [/Resources/${name}/Properties] 'null' values are not allowed in templates`,
    );
  }
  return {
    type,
    properties: properties ?? {},
    ...(typeof condition === 'string' ? { condition } : {}),
    dependsOn: after === undefined || after === null ? [] : [after].flat().map(toText),
    deletionPolicy: resource['DeletionPolicy'] ?? 'Delete',
    updateReplacePolicy: resource['UpdateReplacePolicy'] ?? 'Delete',
    ...(resource['Metadata'] === undefined ? {} : { metadata: resource['Metadata'] }),
  };
}

function readOutput(name: string, value: Json | undefined): TemplateOutput {
  if (!isObject(value) || value['Value'] === undefined) {
    throw validation(
      `Template format error: Every Outputs member must contain a Value object; ${name} does not.`,
    );
  }
  const output = value; // Of JSON's values only.
  const { Value: shown, Description: description, Condition: condition, Export: exported } = output;
  const exportName = isObject(exported) ? exported['Name'] : undefined;
  return {
    value: shown ?? null,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof condition === 'string' ? { condition } : {}),
    ...(exportName === undefined ? {} : { exportName }),
  };
}
