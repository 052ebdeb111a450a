/** Runs on a thread of its own: long templates in YAML take seconds. */
import { AwsError } from '#aws/errors.ts';
import { parseTemplate } from './parse.ts';

/** What became of a template: as JSON, which is read much faster, or why it is refused. */
export type Parsed = { readonly json: string } | { readonly refused: string };

/** The thread's work. */
export function work(text: string): Parsed {
  try {
    return { json: JSON.stringify(parseTemplate(text)) };
  } catch (error) {
    if (error instanceof AwsError) return { refused: error.message };
    throw error;
  }
}
