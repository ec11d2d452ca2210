import { answer } from './ready.ts'

export interface Knocking {
  readonly signal: AbortSignal
  /** Is that the answer that is waited for? `undefined`: there was none. */
  readonly isEnough: (status: number | undefined) => boolean | Promise<boolean>
  /** It has been asked, and hasn't answered for a while. Called again and again. */
  readonly onSilence: () => void
}

/** Milliseconds between two questions to a server that listens but doesn't answer as wished: each is in its log. */
const pauses = { first: 20, longest: 500 }

/** Milliseconds without an answer after which somebody should know what is waited for. */
const silence = 2000

/** Asks until the answer is enough, or nobody wants to know any more. */
export async function knock(url: string, { signal, isEnough, onSilence }: Knocking): Promise<void> {
  for (let pause = pauses.first; !signal.aborted; pause = Math.min(pause * 2, pauses.longest)) {
    let waiting = true
    // what has arrived while this process was busy is read first
    const timer = setInterval(() => setImmediate(() => waiting && onSilence()), silence)
    const status = await answer(url, signal)
    waiting = false
    clearInterval(timer)
    if (await isEnough(status)) return
    await new Promise((wake) => setTimeout(wake, pause))
  }
}
