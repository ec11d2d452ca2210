import type { Front } from './front.ts'
import { claims, spellings } from './headers.ts'

export const caddy: Front = {
  name: 'caddy',
  programs: ['caddy'],
  file: 'Caddyfile',
  command: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  env: (folder) => ({ HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder }),
  socket: 'reserve', // it takes one with a release of 2024 (2.8: bind fd/3)
  scrub: ['CADDY_*', 'NOTIFY_SOCKET', 'LISTEN_*'],
  install: {
    linux: 'apt install caddy, or see https://caddyserver.com/docs/install',
    darwin: 'brew install caddy',
    win32: 'choco install caddy, or scoop install caddy',
  },
  hints: [
    { match: /loading certificates: |private key does not match/, hint: 'correct the files of --tls' },
    { match: /^Error: |"level":"error"/m, hint: 'mend what the error names' },
  ],
  configure: ({ host, port, upstream, statics, tls }) => `\
{
	admin off # or localhost:2019 could change all of this
	auto_https off # or port 80 would be opened too, and a certificate authority installed
	log {
		level ERROR # at INFO it tells of itself with each start
	}
	servers {
		protocols h1 h2 # h3 would open a UDP socket
	}
}

# every name is answered: the app decides which are its own
${tls ? 'https' : 'http'}://:${port} {
	bind ${host}
${tls ? `\ttls ${quote(tls.certificate)} ${quote(tls.key)}\n` : ''}\
${statics.map(({ path, directory }) => `\n\thandle_path ${path}* {\n\t\troot * ${quote(directory)}\n\t\tfile_server\n\t}\n`).join('')}
	handle {
		reverse_proxy ${upstream} {
			flush_interval -1 # server-sent events arrive one by one

			# what a client says of itself is left out; X-Forwarded-For, -Host and -Proto are Caddy's own
${claims
  .filter((name) => !own.has(name))
  .map((name) => `\t\t\theader_up -${name}`)
  .join('\n')}
${claims
  .flatMap(spellings)
  .filter((name) => name.includes('_'))
  .map((name) => `\t\t\theader_up -${name}`)
  .join('\n')}
			header_up X-Real-IP {remote_host}
		}
	}
}
`,
}

/** Set by Caddy itself, whatever the client says (2.5). */
const own: ReadonlySet<string> = new Set([
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Real-IP',
])

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
