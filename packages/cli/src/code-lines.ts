/** Comments, texts, names, and what gives an object literal its shape. */
const tokens =
  /\/\/.*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^\\`])*`|(['"])((?:\\.|(?!\1)[^\\\n])*)\1|[\w$]+|[^\s\w$]/g

/** A bracket that is open; `path`: where an object stands in the configuration, if that can be told. */
interface Open {
  readonly bracket: string
  readonly path: readonly string[] | undefined
}

/**
 * The lines of the keys in a source that holds one object literal: `["api","port"]` -> 3. Node gives a module's values,
 * and not where they stand. A key that is there twice, or comes from elsewhere, has no line: none is better than a wrong one.
 */
export function codeLines(source: string): (path: readonly PropertyKey[]) => number | undefined {
  const lines = new Map<string, number[]>()
  const open: Open[] = []
  let before = ''
  let name: string | undefined
  let key: readonly string[] | undefined
  for (const { 0: token, 2: text, index } of source.matchAll(tokens)) {
    if (/^\/[/*]/.test(token)) continue
    const top = open.at(-1)
    if (token === ':') {
      key = name !== undefined && top?.path ? [...top.path, name] : undefined
      const id = JSON.stringify(key)
      if (key) lines.set(id, [...(lines.get(id) ?? []), lineAt(source, index)])
    } else if (token === '{') {
      const isFirst = !open.some(({ bracket }) => bracket === '{')
      open.push({ bracket: token, path: isFirst ? [] : before === ':' ? key : undefined })
    } else if (token === '[' || token === '(') open.push({ bracket: token, path: undefined })
    else if (token === '}' || token === ']' || token === ')') open.pop()
    const isKey = top?.bracket === '{' && (before === '{' || before === ',')
    name = isKey && (text !== undefined || /^[\w$]+$/.test(token)) ? (text ?? token) : undefined
    before = token
  }
  return (path) => {
    const keys = path.filter((each) => typeof each === 'string') // a list is one line, its key's
    const [line, second] = lines.get(JSON.stringify(keys)) ?? []
    return second === undefined ? line : undefined
  }
}

/** The first is 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
