/** What services do in their own way when an input breaks the model's constraints. All from recordings. */
import type { Member, OperationModel, ServiceModel, Shape } from './model.ts';
import { lowerFirst } from './validate-text.ts';

export interface Dialect {
  /** The error's name or code. */
  readonly code: string;
  /** Which members are looked at: all, those that are required only, or none. */
  readonly scope: 'all' | 'required' | 'none';
  /** True where a message never says a value. */
  readonly hidesValues: boolean;
  /** A message of its own for a value that breaks a pattern. */
  readonly mismatch?: (path: string, pattern: string) => string | undefined;
  /** A message of its own for a required member that is absent. */
  readonly missing?: (member: Member) => string | undefined;
  /** Before the members of a body: `updateRestApiInput.`; they are then looked at first. */
  readonly bodyPrefix?: (operation: OperationModel) => string;
  /** True where the list's or map's constraint ends on `Member must not be null`. */
  readonly saysNotNull: (shape: Shape) => boolean;
  /** Members that are validated by the operation itself, by operation and member. */
  readonly unchecked: ReadonlySet<string>;
  /** Enumerations of which AWS names other values than it describes, by operation and member. */
  readonly enums: ReadonlyMap<string, Enumeration>;
  /** The member of an operation's input that is looked at after all others. */
  readonly late: ReadonlyMap<string, string>;
}

/** Values as a message lists them, and those that are taken though none lists them. */
export interface Enumeration {
  readonly listed: string;
  readonly unlisted?: ReadonlySet<string>;
}

const DEFAULT: Dialect = {
  code: 'ValidationException',
  scope: 'all',
  hidesValues: false,
  saysNotNull: () => false,
  unchecked: new Set(),
  enums: new Map(),
  late: new Map(),
};

/** Runtimes that Lambda's frontend knows, as recorded in 2025: future, past and internal ones among them. */
const RUNTIMES_KNOWN =
  'ruby3.5, ruby2.6, dotnetcore1.0, python3.7, nodejs8.10, nasa, ruby2.7, python2.7-greengrass, ' +
  'dotnetcore2.0, python3.8, java21, dotnet6, dotnetcore2.1, python3.9, java11, nodejs6.10, provided, ' +
  'dotnetcore3.1, dotnet8, java25, java17, nodejs, nodejs4.3, java8.al2, go1.x, dotnet10, nodejs20.x, go1.9, ' +
  'byol, nodejs10.x, provided.al2023, nodejs22.x, python3.10, java8, nodejs12.x, python3.11, nodejs24.x, ' +
  'nodejs8.x, python3.12, nodejs14.x, nodejs8.9, nodejs26.x, python3.13, python3.14, nodejs16.x, python3.15, ' +
  'provided.al2, nodejs4.3-edge, nodejs18.x, ruby3.2, python3.4, ruby3.3, ruby3.4, ruby2.5, python3.6, python2.7';

/** Runtimes that a layer may be made for. */
const RUNTIMES_CURRENT =
  'nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, ' +
  'python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, ' +
  'dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2';

/** Lambda's lists whose members it does not call non-null. */
const NULLABLE_LISTS: ReadonlySet<string> = new Set(['SubnetIds', 'SecurityGroupIds']);

const LAMBDA: Dialect = {
  ...DEFAULT,
  saysNotNull: ({ name }) => !NULLABLE_LISTS.has(name),
  // Lambda answers these in words of its own: InvalidParameterValueException, "… or be a valid ARN".
  unchecked: new Set(['CreateFunction.Runtime', 'UpdateFunctionConfiguration.Runtime']),
  enums: new Map<string, Enumeration>([
    ['ListLayers.CompatibleRuntime', { listed: RUNTIMES_KNOWN }],
    ['ListLayerVersions.CompatibleRuntime', { listed: RUNTIMES_KNOWN }],
    // Layers for retired runtimes are taken, though the message lists none: `test_layer_compatibilities`.
    [
      'PublishLayerVersion.CompatibleRuntimes',
      { listed: RUNTIMES_CURRENT, unlisted: new Set(RUNTIMES_KNOWN.split(', ')) },
    ],
  ]),
  // Came to the model after the runtimes: `test_layer_exceptions`.
  late: new Map([['PublishLayerVersion', 'CompatibleArchitectures']]),
};

/** The pattern of names of users, roles, groups and policies. */
const IAM_NAME = String.raw`[\w+=,.@-]+`;

const DIALECTS: ReadonlyMap<string, Dialect> = new Map<string, Dialect>([
  ['apigateway', { ...DEFAULT, bodyPrefix: ({ name }) => `${lowerFirst(name)}Input.` }],
  ['apigatewayv2', { ...DEFAULT, code: 'BadRequestException' }],
  ['cloudformation', { ...DEFAULT, code: 'ValidationError' }],
  [
    'dynamodb',
    {
      ...DEFAULT,
      missing: ({ name }) =>
        name === 'TableName'
          ? "The parameter 'TableName' is required but was not present in the request"
          : undefined,
    },
  ],
  [
    'ecr',
    {
      ...DEFAULT,
      code: 'InvalidParameterException',
      mismatch: (path, pattern) =>
        `Invalid parameter at '${path}' failed to satisfy constraint: ` +
        `'must satisfy regular expression '${pattern}''`,
    },
  ],
  [
    'iam',
    {
      ...DEFAULT,
      code: 'ValidationError',
      hidesValues: true,
      mismatch: (path, pattern) =>
        pattern === IAM_NAME
          ? `The specified value for ${path} is invalid. ` +
            'It must contain only alphanumeric characters and/or the following: +=,.@_-'
          : undefined,
    },
  ],
  ['lambda', LAMBDA],
  ['logs', { ...DEFAULT, code: 'InvalidParameterException' }],
  ['s3', { ...DEFAULT, scope: 'none' }],
  ['sns', { ...DEFAULT, code: 'ValidationError' }],
  [
    'sqs',
    {
      ...DEFAULT,
      code: 'MissingRequiredParameterException',
      scope: 'required',
      missing: ({ name }) => `The request must contain the parameter ${name}.`,
    },
  ],
  ['sts', { ...DEFAULT, code: 'ValidationError' }],
]);

/** How this service checks its inputs and says what is wrong. */
export function dialectOf(model: ServiceModel): Dialect {
  return DIALECTS.get(model.name) ?? DEFAULT;
}
