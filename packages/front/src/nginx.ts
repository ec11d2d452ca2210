import type { Front } from './front.ts'
import { claims } from './headers.ts'

export const nginx: Front = {
  name: 'nginx',
  programs: ['nginx'],
  file: 'nginx.conf',
  // -e: the compiled-in log is opened before the configuration is read (nginx 1.19.5)
  command: (file, folder) => ['-p', folder, '-c', file, '-e', 'stderr'],
  // it takes over the sockets of the nginx that it replaces: those whose addresses stand in its configuration
  socket: () => ({ env: { NGINX: '3;' } }),
  scrub: ['NGINX'],
  install: {
    linux: 'apt install nginx, or dnf install nginx',
    darwin: 'brew install nginx',
    win32: 'use WSL: nginx for Windows is not supported here',
  },
  hints: [
    { match: /cannot load certificate|SSL_CTX_use_PrivateKey|PEM_read/, hint: 'correct the files of --tls' },
    { match: /\[emerg\]/, hint: 'mend what [emerg] names' },
  ],
  configure: ({ authority, upstream, statics, tls, root }) => `\
daemon off;
pid nginx.pid;
error_log stderr;
worker_processes auto;
${root ? 'user root;  # as who has started it\n' : ''}
events {}

http {
    access_log off;
    server_tokens off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;

    types {
${types.map(([type, endings]) => `        ${type} ${endings};`).join('\n')}
    }

    # a WebSocket keeps its connection, nothing else does
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ''      close;
    }

    server {
        listen ${authority}${tls ? ' ssl' : ''};
${tls ? `        ssl_certificate ${quote(tls.certificate)};\n        ssl_certificate_key ${quote(tls.key)};\n` : ''}\
        client_max_body_size 2g;
${statics.map(({ path, directory }) => `\n        location ${quote(path)} {\n            alias ${quote(`${directory}/`)};\n        }\n`).join('')}
        location / {
            proxy_pass http://${upstream};
            proxy_http_version 1.1;
            proxy_buffering off;          # server-sent events arrive one by one
            proxy_request_buffering off;  # an upload isn't kept on this disk first
            proxy_read_timeout 1h;
            proxy_redirect off;

            # what a client says of itself is left out
${claims
  .filter((name) => !(name in told))
  .map((name) => `            proxy_set_header ${name} "";`)
  .join('\n')}

${Object.entries(told)
  .map(([name, value]) => `            proxy_set_header ${name} ${value};`)
  .join('\n')}
        }
    }
}
`,
}

const told: Readonly<Record<string, string>> = {
  Host: '$http_host',
  Upgrade: '$http_upgrade',
  Connection: '$connection_upgrade',
  'X-Forwarded-For': '$remote_addr',
  'X-Forwarded-Proto': '$scheme',
  'X-Real-IP': '$remote_addr',
}

const types = [
  ['text/html', 'html htm'],
  ['text/css', 'css'],
  ['text/plain', 'txt'],
  ['text/javascript', 'js mjs'],
  ['application/json', 'json map'],
  ['application/pdf', 'pdf'],
  ['application/wasm', 'wasm'],
  ['font/woff2', 'woff2'],
  ['image/gif', 'gif'],
  ['image/jpeg', 'jpg jpeg'],
  ['image/png', 'png'],
  ['image/svg+xml', 'svg'],
  ['image/webp', 'webp'],
  ['image/x-icon', 'ico'],
] as const

/** A `$` would begin a variable, and nothing takes that back: such a path is refused before (site.ts). */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
