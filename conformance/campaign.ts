/** One line of the "must hold" table, tried many times. */
export interface Campaign {
  readonly name: string
  /** What must hold, as a sentence. */
  readonly aim: string
  /** How often each of its cases is tried. */
  readonly runs: { readonly full: number; readonly short: number }
  /** About how long one run takes, in seconds, for the estimate. */
  readonly seconds: number
  /** In the document, rows that differ in this alone are one. */
  readonly folded?: string
  /** What is tried. The short form may leave some out. */
  readonly cases: (short: boolean) => readonly Case[]
}

/** A row of the campaign's table. */
export interface Case {
  /** What is tried: the row's first cells, by heading. */
  readonly what: Readonly<Record<string, string>>
  readonly run: (runs: number) => Promise<Outcome>
}

export interface Outcome {
  /** What was measured: the row's other cells, by heading. */
  readonly figures: Readonly<Record<string, string | number>>
  /** What the aim forbids and was seen all the same. */
  readonly misses: readonly string[]
}

/** A case that has been run. */
export interface Row extends Outcome {
  readonly what: Case['what']
  readonly runs: number
}
