/** Code that was compiled ahead, and for what it serves. */
export interface CompiledKey {
  /** The tree of the function's own code, and that of its layers. */
  readonly codeDirectoryId: string;
  readonly layersDirectoryId?: string;
  /** `nodejs`, `python`. */
  readonly family: string;
  /** Another version cannot read what this one made. */
  readonly compiler: string;
}

/** What languages made of functions' code; kept as long as the code is. */
export interface CompiledCode {
  /** The tree's id, `null` where it was not worth a tree; `undefined` where nobody has compiled it yet. */
  find(key: CompiledKey): Promise<string | null | undefined>;
  /** Keeps what an archive holds, or that there is nothing. */
  keep(key: CompiledKey, archive: Uint8Array | undefined): Promise<void>;
  /** Drops what compilers made that are none of these any more. */
  keepOnly(compilers: readonly Pick<CompiledKey, 'family' | 'compiler'>[]): Promise<void>;
}
