/** The shape of AWS's service models at run time; the models themselves are in `models/`. */
import type { Fault } from './errors.ts';

export type ProtocolName =
  | 'restJson1'
  | 'restXml'
  | 'awsJson1_0'
  | 'awsJson1_1'
  | 'awsQuery'
  | 'rpcv2Cbor';

/** A service as AWS describes it. Operations and shapes are read from its text when first asked for. */
export interface ServiceModel {
  /** `lambda`, `s3`, `cloudwatch`; the key of the models folder. */
  readonly name: string;
  /** `Lambda`, `CloudWatch Logs`. */
  readonly serviceId: string;
  /** `2015-03-31`; the query protocol's `Version`. */
  readonly apiVersion: string;
  /** First label of AWS's host: `lambda`, `streams.dynamodb`, `monitoring`. */
  readonly endpointPrefix: string;
  /** The service in a signature's scope: `lambda`, `dynamodb` for its streams too, `monitoring`. */
  readonly signingName: string;
  /** What clients may speak, the described first. */
  readonly protocols: readonly ProtocolName[];
  /** Before the dot of `X-Amz-Target`: `DynamoDB_20120810`. Also rpcv2Cbor's service name. */
  readonly targetPrefix?: string;
  readonly xmlNamespace?: string;
  /** Before the `#` of an error's `__type`; absent where the bare name is sent. */
  readonly errorNamespace?: string;
  /** True where XML errors hold an empty `<Detail/>`. */
  readonly hasErrorDetail: boolean;
  /** True where JSON and CBOR errors carry the query protocol's code in `x-amzn-query-error`. */
  readonly isQueryCompatible: boolean;
  /** Names of all operations, sorted. */
  operationNames(): readonly string[];
  operation(name: string): OperationModel | undefined;
  /** The exception of this name, or of this code in the query protocol. */
  error(nameOrCode: string): ErrorModel | undefined;
}

export interface OperationModel {
  readonly name: string;
  readonly input: StructureShape;
  readonly output: StructureShape;
  /** Root element of an XML body where the input has no payload member. */
  readonly inputRoot?: string;
  readonly http: HttpBinding;
  /** Element around the query protocol's output: `CreateTopicResult`. */
  readonly resultWrapper: string;
  /** True where AWS keeps it for old clients alone. */
  readonly isDeprecated: boolean;
}

export interface HttpBinding {
  readonly method: string;
  /** `/2015-03-31/functions/{FunctionName}`, `/{Bucket}/{Key+}?uploads`. */
  readonly uri: string;
  /** Status of a success. */
  readonly status: number;
}

export interface ErrorModel {
  /** The exception's shape: what JSON says in `__type`. */
  readonly name: string;
  /** What XML says in `<Code>`; equals the name where the model gives no other. */
  readonly code: string;
  readonly status: number;
  readonly fault: Fault;
  readonly shape: StructureShape;
}

export type Shape =
  | StructureShape
  | ListShape
  | MapShape
  | StringShape
  | NumberShape
  | BooleanShape
  | BlobShape
  | TimestampShape;

interface ShapeBase {
  readonly name: string;
}

interface ConstrainedShape extends ShapeBase {
  /** True where no message may say the value. */
  readonly isSensitive: boolean;
  /** Length in characters, items or entries; or the number itself. */
  readonly min?: number;
  readonly max?: number;
}

export interface StructureShape extends ShapeBase {
  readonly kind: 'structure';
  readonly isSensitive: boolean;
  readonly members: readonly Member[];
  readonly memberByName: ReadonlyMap<string, Member>;
  /** The members that a body's document holds, by their names in it. */
  readonly bodyMembers: ReadonlyMap<string, Member>;
  /** The members that are attributes of the XML element. */
  readonly attributes: readonly Member[];
  /** The member that is the whole body. */
  readonly payload?: Member;
  /** True where each value is one event of a stream: exactly one member is there. */
  readonly isEventStream: boolean;
  /** Root element where the structure is a whole XML document. */
  readonly xmlName?: string;
  readonly xmlNamespace?: { readonly uri: string; readonly prefix?: string };
  /** True where the only member's text is the root element's: S3's LocationConstraint. */
  readonly isUnwrapped: boolean;
}

export interface ListShape extends ConstrainedShape {
  readonly kind: 'list';
  readonly member: Member;
  readonly isFlattened: boolean;
  /** The query protocol's name of one element where it is not the member's own. */
  readonly queryName?: string;
}

export interface MapShape extends ConstrainedShape {
  readonly kind: 'map';
  readonly key: Member;
  readonly value: Member;
  readonly isFlattened: boolean;
  readonly queryName?: string;
}

export interface StringShape extends ConstrainedShape {
  readonly kind: 'string';
  /** Java's syntax, matched against the whole value. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

export interface NumberShape extends ConstrainedShape {
  readonly kind: 'integer' | 'long' | 'float' | 'double';
}

export interface BooleanShape extends ShapeBase {
  readonly kind: 'boolean';
}

export interface BlobShape extends ConstrainedShape {
  readonly kind: 'blob';
}

export type TimestampFormat = 'iso8601' | 'rfc822' | 'unixTimestamp';

export interface TimestampShape extends ShapeBase {
  readonly kind: 'timestamp';
  readonly format?: TimestampFormat;
}

export type Location = 'body' | 'header' | 'headers' | 'querystring' | 'uri' | 'statusCode';

/** One member of a structure, or a list's or map's reference to its parts. */
export interface Member {
  /** Its key in inputs and outputs; `member`, `key`, `value` inside lists and maps. */
  readonly name: string;
  /** Its name in JSON, XML, header, query or path. `headers`: the prefix of them all. */
  readonly wireName: string;
  /** `wireName` in lower case. */
  readonly headerName: string;
  /** True where AWS's description gave `wireName` itself. */
  readonly hasWireName: boolean;
  readonly shape: Shape;
  readonly isRequired: boolean;
  readonly location: Location;
  readonly isFlattened: boolean;
  readonly isStreaming: boolean;
  readonly isXmlAttribute: boolean;
  readonly isEventPayload: boolean;
  readonly timestampFormat?: TimestampFormat;
}
