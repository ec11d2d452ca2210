import type { Look } from './look.ts'

/** Dark is `true`. */
type Modules = readonly (readonly boolean[])[]

/** A QR code of a text, for a screen with this look, or the reason why it has none. */
export async function qrCode(text: string, look: Look): Promise<string> {
  const { encode } = await import('uqr')
  return draw(encode(text, { ecc: 'L', boostEcc: true, border: 0 }).data, look)
}

/** The standard's margin of light modules, and one that scanners put up with too. */
const margins = [4, 2] as const

function draw(modules: Modules, { columns = 80, colours, unicode }: Look): string {
  const size = modules.length
  const wide = unicode ? 1 : 2
  const room = columns - 2 // beside the mark
  const margin = margins.find((each) => (size + 2 * each) * wide <= room)
  if (!unicode && !colours) return 'No QR code: this terminal shows neither block characters nor colours.'
  if (margin === undefined) {
    const least = (size + 2 * Math.min(...margins)) * wide + 2
    return `No QR code: it needs ${least} columns, and here are ${columns}.`
  }
  const lines = Array.from({ length: size + 2 * margin }, (_, y) =>
    Array.from({ length: size + 2 * margin }, (_, x) => modules[y - margin]?.[x - margin] ?? false),
  )
  if (!unicode) return lines.map(spaces).join('\n')
  return halves(lines)
    .map((pairs) => blocks(pairs, colours))
    .join('\n')
}

// 107 is white; a terminal that doesn't know it stays at 47, light grey. 30 and 40 are black.
const ink = '\x1b[0;30;47;107m'
const dark = '\x1b[0;40m'
const light = '\x1b[0;47;107m'
const end = '\x1b[m'

/** Two columns for a module, which is then about as wide as it is high. */
function spaces(line: readonly boolean[]): string {
  const runs = line.map((isDark, x) => `${isDark === line[x - 1] ? '' : isDark ? dark : light}  `)
  return runs.join('') + end
}

type Pair = readonly [upper: boolean, lower: boolean]

/** Two modules for each character. Below the last one it is light. */
function halves(lines: Modules): Pair[][] {
  const upper = lines.filter((_, y) => y % 2 === 0)
  return upper.map((line, y) => line.map((isDark, x): Pair => [isDark, lines[2 * y + 1]?.[x] ?? false]))
}

/**
 * Without colours the light modules are drawn, so that the code is right on a dark screen. On a light one it is
 * inverted: the cameras of iOS and Android read that too, some other scanners don't.
 */
function blocks(pairs: readonly Pair[], colours: boolean): string {
  const text = pairs.map(([upper, lower]) => block(upper === colours, lower === colours)).join('')
  return colours ? ink + text + end : text
}

function block(upper: boolean, lower: boolean): string {
  return upper ? (lower ? '█' : '▀') : lower ? '▄' : ' '
}
