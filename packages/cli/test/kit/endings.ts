/** How a run of tests can end before its time. */
export const signals = ['SIGTERM', 'SIGKILL'] as const

/** An app that can't be imported. */
export const broken = 'import not_there\n'

/** What a report must show of it: the exception first, and then what was run. */
export const importError =
  /Traceback \(most recent call last\)[\s\S]*ModuleNotFoundError: No module named 'not_there'[\s\S]*command: /
