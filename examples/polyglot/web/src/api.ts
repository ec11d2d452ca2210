/** Asks an API of ours. What can go wrong on the way becomes a sentence for people. */
export async function ask<Answer>(who: string, path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(path, init).catch(() => undefined)
  // 502: nobody answers Vite's proxy
  if (!response || response.status === 502) throw new Error(`${who} can’t be reached.`)
  if (!response.ok) throw new Error(`${who} says no (${response.status}).`)
  return response.json()
}
