/** What a type of resources is: how it is made of other services' operations. */
import type { Json, JsonObject } from '#kernel/json.ts';
import type { Existing, Place, Tag } from '../model.ts';
import { toText } from '../text.ts';

export type Values = Readonly<Record<string, unknown>>;

/** One resource that is worked on. */
export interface Work extends Place {
  readonly logicalId: string;
  readonly type: string;
  /** With all functions done. */
  readonly properties: JsonObject;
  readonly stack: { readonly id: string; readonly name: string; readonly tags: readonly Tag[] };
  readonly signal: AbortSignal;
  /**
   * Performs an operation as the stack's caller. Values are turned into what its model says: texts into numbers,
   * objects into JSON where a text is expected; members that it does not know are left out.
   * @throws AwsError
   */
  call(service: string, operation: string, input: Values): Promise<Values>;
  /** `STACK-LOGICALID-RANDOM`, at most so long: the name of a resource whose template gives it none. */
  newName(lengthMax?: number): string;
  /**
   * Makes sure that what the template names is nobody's yet, and stores that it is this operation's from here on: for
   * services that take a creation of what is there for an update, or for done.
   * @param property in which the template names it, or not: a name of ours is nobody's
   * @throws AwsError AlreadyExists
   */
  requireAbsent(property: string, isThere: () => Promise<boolean>): Promise<void>;
  /**
   * Waits until no other resource of this type, account and Region holds the name, and holds it until this work ends:
   * for types that read what several of them share, and write it.
   * @throws the signal's reason
   */
  hold(name: string): Promise<void>;
  /**
   * The ARN of the stack of the account and Region that has something of this id, or had it before the operation under
   * way; `undefined` where none has.
   */
  ownerOf(physicalId: string): Promise<string | undefined>;
  /** Says that this is made, so that it goes if the rest of its creation fails. */
  claim(physicalId: string): Promise<void>;
  /** Waits until something holds. @param topic of the wakeups after which it is worth to look again */
  until(look: () => Promise<boolean>, topic?: string): Promise<void>;
  /**
   * Waits for the response of a custom resource to its URL.
   * @param kind what it is asked: `Create`, `Update` or `Delete`
   */
  respond(kind: string, send: (responseUrl: string) => Promise<void>): Promise<CustomResponse>;
}

export interface CustomResponse {
  readonly isSuccess: boolean;
  readonly reason?: string;
  readonly physicalId?: string;
  readonly data: JsonObject;
}

export interface Made {
  readonly physicalId: string;
  readonly attributes?: { readonly [name: string]: Json | undefined };
}

export interface ResourceType {
  /** All properties that it knows; any other is refused. */
  readonly properties: readonly string[] | 'any';
  readonly required?: readonly string[];
  /** Those whose change makes a new one. */
  readonly replacing: readonly string[];
  /** Those that say where it is, where another one may have its physical id elsewhere. */
  readonly within?: readonly string[];
  /** How its tags are written, where it takes the stack's: under `Tags`. */
  readonly tags?: 'list' | 'map';
  create(work: Work): Promise<Made>;
  /**
   * What a creation that was begun before the server ended may have made without its being stored; it is deleted, and
   * made again. Nothing that may be somebody else's: a name out of the template tells nothing. @see unclaimed.ts
   * @param sinceMs when it was begun
   */
  unclaimed?(work: Work, sinceMs: number): Promise<string | undefined>;
  /**
   * What is there of the name that it was to have, for types whose creation takes up what an interrupted one made. It is
   * deleted where that is to go: the name is ours, or `requireAbsent` has seen that it was nobody's.
   */
  readonly begun?: {
    /** In which a template may give another name. */
    readonly property: string;
    find(work: Work): Promise<string | undefined>;
  };
  /** Absent where each change makes a new one. */
  update?(work: Work, before: Existing): Promise<Made>;
  /** A resource that is gone already is no error. */
  delete(work: Work, existing: Existing): Promise<void>;
}

/** Names, written with spaces between them. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** The text of a property; `undefined` where it is absent. */
export function textOf(properties: Values, name: string): string | undefined {
  const value = properties[name];
  return value === undefined || value === null ? undefined : toText(value);
}

/** The items of a property that is a list of texts. */
export function textsOf(properties: Values, name: string): readonly string[] {
  const value = properties[name];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(toText) : [toText(value)];
}
