import type { AnyAdapter, OwnOptions } from '@devlaunch/core'
import type { FrontOptions } from '@devlaunch/front'

/** What is to be started, before the command line's options are laid over it. */
export interface Choice {
  readonly adapter: AnyAdapter
  readonly target: string | undefined
  /** Of a server that the project has named. */
  readonly name?: string
  /** What its definition says; `wishes` lays the command line over it. */
  readonly options?: OwnOptions
  /** What its definition puts in front of it; `frontFor` lays the command line over that. */
  readonly front?: FrontOptions
}
