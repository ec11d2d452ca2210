/** Behind the leader. As in Vite, where it has the same. */
export const keys = {
  h: 'help',
  o: 'open',
  u: 'urls',
  c: 'code',
  l: 'lan',
  r: 'restart',
  q: 'quit',
} as const

export type Command = (typeof keys)[keyof typeof keys]

/** What devlaunch itself has to do for a key. */
export type Order = Command | 'interrupt' | 'suspend' | 'unknown'

/**
 * Ctrl-], as telnet(1) and virsh(1) have it: no prompt of a debugger needs it. Terminals send it for Ctrl-5 too, where a
 * keyboard has no key for `]`.
 */
const leader = '\x1d'

/** As in a terminal's usual mode: everybody in the foreground hears of them, npm and turbo included. */
const signals: Readonly<Record<string, Order>> = { '\x03': 'interrupt', '\x1a': 'suspend' }

/** Bracketed paste: what a terminal puts around text that was pasted, when a prompt has asked for that. */
const pasted = { start: '\x1b[200~', end: '\x1b[201~' } as const

/** What has to be remembered between two keys. */
export interface Typed {
  /** The leader has been typed. */
  readonly led: boolean
  readonly pasting: boolean
  /** The last bytes that went to the server, as many as the sign of a paste has. */
  readonly last: string
}

export const nothingTyped: Typed = { led: false, pasting: false, last: '' }

export interface Reading {
  readonly typed: Typed
  /** For the server. */
  readonly send: string
  readonly orders: readonly Order[]
}

/** Reads what a terminal sends, a character for each byte, in pieces of any size. */
export function readKeys(text: string, before: Typed = nothingTyped): Reading {
  let { led, pasting, last } = before
  let send = ''
  const orders: Order[] = []
  const pass = (byte: string) => {
    send += byte
    last = (last + byte).slice(-pasted.end.length)
    pasting = last === pasted.start || (pasting && last !== pasted.end)
  }
  for (let at = 0; at < text.length; ) {
    const key = led ? wholeKey(text, at) : text.charAt(at)
    at += key.length
    const signal = signals[key]
    if (signal) orders.push(signal)
    else if (led && key === leader) pass(key)
    else if (led) orders.push(commandOf(key))
    else if (key === leader && !pasting) {
      led = true
      continue
    } else pass(key)
    led = false
  }
  return { typed: { led, pasting, last }, send, orders }
}

/** An arrow is three bytes, an `é` two; nothing of a key that means nothing here goes to the server. */
function wholeKey(text: string, at: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: arrows and the like begin with one
  const key = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)?|[\xc0-\xff][\x80-\xbf]*|./sy
  key.lastIndex = at
  return key.exec(text)?.[0] ?? ''
}

function commandOf(key: string): Order {
  const letter = key.toLowerCase() // Caps Lock
  return Object.hasOwn(keys, letter) ? keys[letter as keyof typeof keys] : 'unknown'
}
