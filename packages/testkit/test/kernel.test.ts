import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { descendants, survivors } from '../src/kernel.ts'

const script = `
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
print("up", flush=True)
ctypes.CDLL(None).pthread_exit(None)
`

test('a process lives on without its first thread, and no longer than the others', async () => {
  const child = spawn('python3', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  await once(child.stdout, 'data')
  await expect.poll(() => readFileSync(`/proc/${child.pid}/status`, 'utf8')).toMatch(/^State:\s*Z/m)
  const found = descendants(process.pid).filter(({ pid }) => pid === child.pid)
  expect(found).toHaveLength(1)
  expect(survivors(found)).toEqual(found)
  child.kill('SIGKILL')
  await exited
  expect(survivors(found)).toEqual([])
})
