/** What the rendering of one template may cost: characters and values that it makes or looks at, all counted as one. */
import { TemplateError } from './syntax.ts';

/** About what a payload of 10 MB needs, a few times over. */
const COST_MAX = 50_000_000;
/** What a value costs that is made or looked at, in characters. */
export const NODE_COST = 16;

/** Owned by one rendering, and passed to whatever works in it. */
export class Budget {
  #left: number;

  constructor(costMax = COST_MAX) {
    this.#left = costMax;
  }

  /** @throws TemplateError once more was spent than there was */
  charge(cost: number): void {
    this.#left -= cost;
    if (!(this.#left >= 0)) throw new TemplateError('too much work');
  }
}
