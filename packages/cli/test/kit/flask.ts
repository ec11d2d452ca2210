import { newestPython } from './cli.ts'
import { type Screen, terminal } from './screen.ts'

/** An app that tells its process, and has a page that stops in the debugger. */
export const flask = {
  'app.py': [
    'import os',
    'from flask import Flask',
    'app = Flask(__name__)',
    '@app.get("/")',
    'def index():',
    '    return str(os.getpid())',
    '@app.get("/stop")',
    'def stop():',
    '    answer = 41',
    '    breakpoint()',
    '    return str(answer)',
  ].join('\n'),
}

/** That app in a terminal, with Flask's reloader. */
export function flaskScreen(folder: string, env?: Record<string, string>): Screen {
  return terminal(['flask', 'app:app', '--reload', '--python', newestPython()], folder, env)
}

/** Where it says that it is reached. */
export function urlOn(screen: Screen): string {
  return /http:\/\/127\.0\.0\.1:\d+/.exec(screen.text())?.[0] ?? ''
}

/** Changes a variable at the debugger's prompt, and goes on; what the page answers then. */
export async function debug(screen: Screen): Promise<string> {
  const from = screen.text().length
  const answer = fetch(`${urlOn(screen)}/stop`).then((response) => response.text())
  await screen.shows(/\(Pdb\) $/, from)
  screen.type('answer += 1\r')
  await screen.shows(/answer \+= 1[\r\n]+\(Pdb\) $/, from)
  screen.type('c\r')
  return answer
}
