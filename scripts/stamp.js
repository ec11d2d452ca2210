import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/**
 * A file that says what a folder was made from.
 * @param {string} file where the stamp is kept: inside the folder, so that it goes with it
 * @param {readonly string[]} inputs texts; when one of them changes, the folder is stale
 */
export function stamp(file, inputs) {
  const hash = createHash('sha256').update(JSON.stringify(inputs)).digest('hex')
  return {
    isFresh: () => read(file) === hash,
    write: () => writeFileSync(file, hash),
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
