import type { Enforced } from './policy.ts'

/**
 * A server, as a table. It says how each decision of the policy is put in this server's own words.
 *
 * An adapter is data and a few one-line functions: it imports types only, does nothing, and knows nothing about
 * processes. `NOTES.md` beside it holds the evidence for every row: the release and the source line.
 */
export interface Adapter<Options extends object = object> {
  /** The word on the command line. */
  readonly name: string
  /** What must be installed for it; left out where Python brings the server itself. */
  readonly package?: Package
  /**
   * The program that runs in place of the interpreter: an executable beside it, or on the PATH; a word with a slash is a
   * path. Default: the interpreter itself. With a `package`, the Python that has it is preferred, not required.
   */
  readonly program?: string | ((options: Options) => string | undefined)
  /** Does native code open its listener, past the hook? On a network the kernel then holds it until it is filtered. */
  readonly native?: true
  /** A folder that is made before it starts, for its user alone, and removed after its end. Default: none. */
  readonly folder?: string
  /** What it speaks. Default `http`. */
  readonly scheme?: 'https' | undefined
  /** The port of this server's own documentation; what is offered to an app that decides it. */
  readonly port: number
  /** Does a developer expect it to reload? The command line's default. */
  readonly reload: boolean
  /** What the word after the server's name means. */
  readonly target: Target<Options>
  /**
   * The interpreter's arguments, or the program's. `flags` are the user's own, then the policy's: the last one wins.
   * `python`: the interpreter's path, for a program that brings Python as a library.
   */
  readonly command: (
    options: Options,
    flags: readonly string[],
    release: Release,
    python: string,
  ) => readonly string[]
  /** One row per field of the policy. */
  readonly enforce: { readonly [Field in keyof Enforced]: Row<Enforced[Field]> }
  /** How it takes a socket that listens already, as descriptor 3; `'reserve'`: it can't. */
  readonly socket: ((policy: Enforced, release: Release) => HandOver | 'reserve') | 'reserve'
  /** Variables that could overrule the rows, and are not passed on. A trailing `*` stands for any ending. */
  readonly scrub: readonly string[]
  /** Arguments a user can't pass on, because no flag after them could take them back. */
  readonly reserved: readonly Reserved[]
  /**
   * Who is asked to end first. `leader`: the first process alone, which then ends its children itself. Default: all of
   * its group at once, as a terminal's Ctrl-C does. The second request is always for all.
   */
  readonly interrupt?: 'leader'
  /** A signal that it is started with ignored: what it starts ignores that too, until it has a handler for it. */
  readonly ignored?: 'SIGTERM'
  /** Known text of the server -> what it means. The first that matches is used. */
  readonly hints: readonly Hint[]
  /** Text of a server that is ready -> what a person should know about it. */
  readonly notes?: readonly Note[]
  /** A sentence: what a device of the network gets beyond the pages of the app. Left out where that is nothing. */
  readonly exposes?: string
  /** How a project shows that it wants this server; left out where nothing does. */
  readonly detect?: Evidence
}

/**
 * How a server puts one decision into effect: by arguments and variables; `'absent'`: it has no such thing;
 * `'app-decides'`: it has, but only the app can switch it, and the user is told. A function says so where that depends
 * on the value or the release.
 */
export type Row<Value> =
  | ((value: Value, release: Release) => Effect | 'app-decides')
  | 'absent'
  | 'app-decides'

/** Arguments and variables that put a decision into effect. */
export interface Effect {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Files in the server's private folder that are written before it starts: name -> text. */
  readonly files?: Readonly<Record<string, string>>
}

/** Arguments and variables, beside the rows' own, that make a server serve on descriptor 3. */
export interface HandOver extends Effect {
  /** The exit status that means "start me again, with the same socket". */
  readonly restart?: number
  /** For a server that listens wherever it is told to: these arguments stand in place of that row's. */
  readonly instead?: 'bind'
}

/** A Python package. */
export interface Package {
  /** The module that is run with `python -m`, or imported by the app. */
  readonly module: string
  /** The name it is installed by. */
  readonly distribution: string
}

/** The installed release of the server (of Python, where Python brings the server). */
export interface Release {
  /** `undefined` where it can't be told (an editable install): taken for the newest. */
  readonly version: string | undefined
  /** Is it this release or a newer one? */
  readonly atLeast: (version: string) => boolean
}

/**
 * - `app`: `module`, `module:name` or `module:factory()`
 * - `directory`: an existing, readable one; the working directory unless given
 * - `file`: a script with this name in the working directory, above it up to the repository's root, or in the one
 *   folder below that has it; the server then runs in the script's folder
 * - `command`: a program and its arguments, in a list. On the command line it is what stands behind `--`
 */
export interface Target<Options extends object = object> {
  readonly kind: 'app' | 'command' | 'directory' | 'file'
  /** The option that holds it. */
  readonly option: keyof Options & string
  /** Must it be given? Otherwise the server finds it. */
  readonly required: boolean
  /** What else than an app this server takes, of kind `app`: the path of a file. It can't begin with a dash. */
  readonly path?: RegExp
  /** For help texts, and the file name of kind `file`. */
  readonly example: string
  /** Targets that a user can't name, because they would bring listeners along. */
  readonly reserved?: readonly Reserved[]
}

/** An argument or a target that is refused by name. */
export interface Reserved {
  readonly match: RegExp
  /** What to use instead. */
  readonly use: string
}

/** A known cause of trouble, and its cure. */
export interface Hint {
  /** Of what the server prints; of the page with which the app refuses an address, too. */
  readonly match: RegExp
  /** An instruction. */
  readonly hint: string
  /** Before the server is ready, this text means that it never will be, even if a process stays alive. */
  readonly fatal?: true
}

/** A fact about a start that went well. */
export interface Note {
  readonly match: RegExp
  /** A sentence. */
  readonly note: string
}

/** What a project has to show for a server to be meant. */
export interface Evidence {
  /** A file in the working directory (or where the target's file is looked for). */
  readonly file?: string
  /** Text of a Python source. Its first group is the name of the app, or `factory` the name of what makes it. */
  readonly source?: RegExp
  /** `source` counts only in a project that needs one of these distributions; `fastapi[standard]` names an extra. */
  readonly needs?: readonly string[]
  /** Text of a pyproject.toml; its first group is the target. */
  readonly setting?: RegExp
  /** A vaguer `source`, which counts in a project that needs one of these distributions. */
  readonly dependency?: { readonly names: readonly string[]; readonly source: RegExp }
}

/** An adapter whose options are of no interest. */
// biome-ignore lint/suspicious/noExplicitAny: a function's parameter is contravariant, no other type accepts them all
export type AnyAdapter = Adapter<any>
