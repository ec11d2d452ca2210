import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { lineAt } from './code-lines.ts'

/** A JSON text that can say where its values stand. */
export interface Json {
  /** Lines where it isn't JSON, with what is wrong there; and keys that an object has twice. */
  readonly mistakes: readonly Mistake[]
  /** Of the key, where the path leads to one. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined
}

interface Mistake {
  readonly line: number
  readonly what: string
}

export function jsonLines(text: string): Json {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { disallowComments: true })
  const broken = errors.map(({ error, offset }) => ({
    line: lineAt(text, offset),
    what: printParseErrorCode(error).replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  }))
  const twice = root
    ? repeated(root).map(({ value, offset }) => ({
        line: lineAt(text, offset),
        what: `${JSON.stringify(value)} is there twice`,
      }))
    : []
  return {
    mistakes: broken.length > 0 ? broken : twice,
    lineOf: (path) => {
      const node =
        root && findNodeAtLocation(root, path.filter((each) => typeof each !== 'symbol') as string[])
      const place = node?.parent?.type === 'property' ? node.parent : node
      return place && lineAt(text, place.offset)
    },
  }
}

/** The second of two keys with one name: JSON.parse takes its value, in silence. */
function repeated(node: Node): Node[] {
  const children = node.children ?? []
  const keys = node.type === 'object' ? children.flatMap(({ children: [key] = [] }) => key ?? []) : []
  const seconds = keys.filter(({ value }, index) => keys.findIndex((key) => key.value === value) < index)
  return [...seconds, ...children.flatMap(repeated)]
}
