/** The picture of a text in a terminal's window. */
export interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green, blue, alpha, as a canvas has them. */
  readonly data: Uint8ClampedArray<ArrayBuffer>
}

type Grey = number
const screens = { dark: { ink: 204, paper: 12 }, light: { ink: 40, paper: 250 } } as const

/** Pixels of a cell; twice as high as it is wide, as those of most fonts are. */
const cell = { width: 4, height: 8 }

/** What a terminal draws for these lines: ANSI's blacks and whites, blocks, and letters as something between. */
export function pixels(text: string, screen: keyof typeof screens): Pixels {
  const lines = text.split(/\r?\n/).map((line) => cells(line, screens[screen]))
  const width = Math.max(...lines.map((line) => line.length)) * cell.width
  const height = lines.length * cell.height
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const draw = lines[Math.floor(y / cell.height)]?.[Math.floor(x / cell.width)]
      const grey = draw?.(x % cell.width, y % cell.height) ?? screens[screen].paper
      data.fill(grey, (y * width + x) * 4, (y * width + x) * 4 + 3)
    }
  }
  return { width, height, data }
}

type Draw = (x: number, y: number) => Grey

function cells(line: string, { ink, paper }: (typeof screens)['dark' | 'light']): Draw[] {
  const all: Draw[] = []
  let front: Grey = ink
  let back: Grey = paper
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal reads
  for (const [, codes, character] of line.matchAll(/\x1b\[([\d;]*)m|(.)/gu)) {
    for (const code of character === undefined ? (codes ?? '').split(';').map(Number) : []) {
      if (code === 0) [front, back] = [ink, paper]
      if (code === 30) front = 0
      if (code === 40) back = 0
      if (code === 47) back = 170
      if (code === 107) back = 255
    }
    if (character !== undefined) all.push(glyph(character, front, back))
  }
  return all
}

function glyph(character: string, front: Grey, back: Grey): Draw {
  const inside: Readonly<Record<string, (x: number, y: number) => boolean>> = {
    ' ': () => false,
    '█': () => true,
    '▀': (_, y) => y < cell.height / 2,
    '▄': (_, y) => y >= cell.height / 2,
    '▐': (x) => x >= cell.width / 2,
  }
  const letter = (x: number, y: number) => (x * 3 + y * 5 + character.charCodeAt(0)) % 4 === 0
  const isInk = inside[character] ?? letter
  return (x, y) => (isInk(x, y) ? front : back)
}
