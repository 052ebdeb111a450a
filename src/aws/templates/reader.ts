import { TemplateError } from './syntax.ts';

/** A place in a text that only moves ahead. */
export class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  peek(length = 1): string {
    return this.text.slice(this.at, this.at + length);
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** Passes over a text where it stands here. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Passes over what a sticky pattern matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    return found;
  }

  skipSpace(): void {
    this.match(/\s+/y);
  }

  /** @throws TemplateError unless the text stands here */
  expect(text: string): void {
    if (!this.take(text)) throw new TemplateError(`expected ${text} at ${this.at}`);
  }
}
