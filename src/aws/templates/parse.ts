/** Templates as text becomes blocks. What looks like a directive and is none is text. */
import { parseExpression, parseReference } from './parse-expression.ts';
import { Reader } from './reader.ts';
import { TemplateError, type Block, type Branch } from './syntax.ts';

const DEPTH_MAX = 100;
/** Up to the next character that may begin something. */
const PLAIN = /[^$#\\]+/y;
const DIRECTIVE = /#(?:\{(\w+)\}|(set|if|elseif|else|end|foreach|break|stop)(?![a-zA-Z]))/y;
/** What is on the line behind a directive, when that is nothing. */
const REST_OF_LINE = /[ \t]*\r?\n/y;

/**
 * A template's blocks.
 * @throws TemplateError
 */
export function parseTemplate(text: string): readonly Block[] {
  return parseNested(text, 0);
}

function parseNested(text: string, depth: number): readonly Block[] {
  if (depth > DEPTH_MAX) throw new TemplateError('nested too deeply');
  const reader = new Reader(text);
  const parser = new Parser(reader, depth);
  const { body, end } = parser.blocks();
  if (end !== undefined) throw new TemplateError(`unexpected #${end} at ${reader.at}`);
  return body;
}

interface Parsed {
  readonly body: readonly Block[];
  /** The directive that ended them: `else`, `elseif`, `end`; absent at the end of the text. */
  readonly end?: string;
}

class Parser {
  readonly #reader: Reader;
  #depth: number;

  constructor(reader: Reader, depth: number) {
    this.#reader = reader;
    this.#depth = depth;
  }

  blocks(): Parsed {
    const reader = this.#reader;
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new TemplateError('nested too deeply');
    const body: Block[] = [];
    while (!reader.isAtEnd) {
      const plain = reader.match(PLAIN);
      if (plain !== undefined) body.push({ kind: 'plain', text: plain });
      else if (!this.#skipComment()) {
        const found = this.#special();
        if (typeof found === 'string') {
          this.#depth -= 1;
          return { body, end: found };
        }
        body.push(found);
      }
    }
    this.#depth -= 1;
    return { body };
  }

  readonly #text = (text: string): readonly Block[] => parseNested(text, this.#depth + 1);

  #skipComment(): boolean {
    const reader = this.#reader;
    if (reader.take('##')) {
      reader.match(/[^\n]*\n?/y);
      return true;
    }
    if (!reader.take('#*')) return false;
    const end = reader.text.indexOf('*#', reader.at);
    reader.at = end === -1 ? reader.text.length : end + 2;
    return true;
  }

  /** A reference, a directive, or the character itself; a text for what ends the blocks. */
  #special(): Block | string {
    const reader = this.#reader;
    const literal = reader.match(/#\[\[[^]*?\]\]#/y);
    if (literal !== undefined) return { kind: 'plain', text: literal.slice(3, -3) };
    const escaped = reader.match(/\\[$#]/y);
    if (escaped !== undefined) return { kind: 'plain', text: escaped.slice(1) };
    if (reader.peek() === '$') {
      const reference = parseReference(reader, this.#text);
      if (reference !== undefined) return { kind: 'show', reference };
    }
    const written = reader.peek() === '#' ? reader.match(DIRECTIVE) : undefined;
    if (written !== undefined) return this.#directive(written.replaceAll(/[#{}]/g, ''));
    const character = reader.peek();
    reader.take(character);
    return { kind: 'plain', text: character };
  }

  #directive(name: string): Block | string {
    switch (name) {
      case 'set':
        return this.#set();
      case 'if':
        return this.#if();
      case 'foreach':
        return this.#foreach();
      case 'break':
      case 'stop':
        return { kind: name };
      case 'elseif':
        return name;
      case 'else':
      case 'end':
        this.#reader.match(REST_OF_LINE);
        return name;
      default:
        return { kind: 'plain', text: `#{${name}}` };
    }
  }

  #open(): void {
    this.#reader.match(/[ \t]*/y);
    this.#reader.expect('(');
    this.#reader.skipSpace();
  }

  #close(): void {
    this.#reader.skipSpace();
    this.#reader.expect(')');
    this.#reader.match(REST_OF_LINE);
  }

  #set(): Block {
    const reader = this.#reader;
    this.#open();
    const target = parseReference(reader, this.#text);
    if (target === undefined) throw new TemplateError(`expected a variable at ${reader.at}`);
    reader.skipSpace();
    reader.expect('=');
    const value = parseExpression(reader, this.#text);
    this.#close();
    return { kind: 'set', target, value };
  }

  #if(): Block {
    const reader = this.#reader;
    const branches: Branch[] = [];
    let name: string | undefined = 'if';
    while (name === 'if' || name === 'elseif') {
      this.#open();
      const condition = parseExpression(reader, this.#text);
      this.#close();
      const { body, end } = this.blocks();
      branches.push({ condition, body });
      name = end;
    }
    if (name === 'else') {
      const { body, end } = this.blocks();
      branches.push({ body });
      name = end;
    }
    if (name !== 'end') throw new TemplateError('#if has no #end');
    return { kind: 'if', branches };
  }

  #foreach(): Block {
    const reader = this.#reader;
    this.#open();
    const variable = parseReference(reader, this.#text);
    reader.skipSpace();
    if (variable === undefined || reader.match(/in\b/y) === undefined) {
      throw new TemplateError(`expected a variable and its list at ${reader.at}`);
    }
    const list = parseExpression(reader, this.#text);
    this.#close();
    const { body, end } = this.blocks();
    if (end !== 'end') throw new TemplateError('#foreach has no #end');
    return { kind: 'foreach', variable: variable.name, list, body };
  }
}
