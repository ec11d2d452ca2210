import type { Front } from './front.ts'
import { claims, spellings } from './headers.ts'

export const httpd: Front = {
  name: 'httpd',
  programs: ['apache2', 'httpd'],
  file: 'httpd.conf',
  command: (file, folder) => ['-d', folder, '-f', file, '-DFOREGROUND'],
  socket: 'reserve',
  ignored: 'SIGTERM', // which it sends to its logger, perhaps before that has started
  scrub: ['APACHE_*', 'LISTEN_*'],
  install: {
    linux: 'apt install apache2-bin, or dnf install httpd',
    darwin: 'brew install httpd',
    win32: 'use WSL: Apache for Windows is not supported here',
  },
  hints: [
    { match: /SSLCertificate\w*File|\[ssl:emerg\]/, hint: 'correct the files of --tls' },
    { match: /AH00526|Syntax error/, hint: 'mend the line that is named' },
    { match: /Cannot load .*\.so/, hint: 'install the whole of Apache: its modules are missing' },
  ],
  configure: ({ authority, host, upstream, statics, tls, modules, root }) => `\
ServerName ${host.includes(':') ? `[${host}]` : host}
Listen ${authority}${tls ? ' https' : ''}
PidFile httpd.pid
DefaultRuntimeDir .
# what is open as stderr may be a socket, which no path leads to; Apache waits 3 s for a logger that stays to its end: the
# shell goes, and cat reads on
ErrorLog "|$exec 3<&0; cat <&3 &"
LogLevel warn
ServerTokens Prod
${root ? '# nobody: Apache serves nothing as root\nUser #65534\nGroup #65534\n' : ''}
${[
  ...[
    'mpm_event',
    'unixd',
    'authz_core',
    'alias',
    'headers',
    'mime',
    'proxy',
    'proxy_http',
    'proxy_wstunnel',
  ],
  ...(tls ? ['socache_shmcb', 'ssl'] : []),
]
  .map(
    (name) =>
      `<IfModule !${name}_module>\n    LoadModule ${name}_module ${quote(`${modules}/mod_${name}.so`)}\n</IfModule>`,
  )
  .join('\n')}

${tls ? `SSLEngine on\nSSLCertificateFile ${quote(tls.certificate)}\nSSLCertificateKeyFile ${quote(tls.key)}\n\n` : ''}\
# what a client says of itself is left out; X-Forwarded-For, -Host and -Server are mod_proxy's own
${claims
  .flatMap(spellings)
  .map((name) => `RequestHeader unset ${name}`)
  .join('\n')}
RequestHeader set X-Forwarded-Proto expr=%{REQUEST_SCHEME}
RequestHeader set X-Real-IP expr=%{REMOTE_ADDR}

TypesConfig /dev/null
AddType text/html html htm
AddType text/css css
AddType text/javascript js mjs
AddType text/plain txt
AddType application/json json map
AddType application/wasm wasm
AddType font/woff2 woff2
AddType image/svg+xml svg
AddType image/png png
AddType image/jpeg jpg jpeg
${statics.map(({ path, directory }) => `\nProxyPass ${path} !\nAlias ${path} ${quote(`${directory}/`)}\n<Directory ${quote(directory)}>\n    Require all granted\n</Directory>\n`).join('')}
ProxyPreserveHost On
ProxyTimeout 3600
# flushpackets: server-sent events arrive one by one; disablereuse: no request meets a connection that has just ended;
# retry: a server that was away while it started again is asked at once, not after 60 s
ProxyPass / http://${upstream}/ upgrade=websocket flushpackets=on disablereuse=on retry=0
`,
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
