/**
 * What a client says of itself, or of a proxy, in words that apps and servers believe: gunicorn's
 * secure_scheme_headers, Werkzeug's ProxyFix, Django's SECURE_PROXY_SSL_HEADER, RFC 7239, and `Proxy` (httpoxy.org).
 * The front leaves them out, then sets its own.
 */
export const claims = [
  'Forwarded',
  'Proxy',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Proto',
  'X-Forwarded-Protocol',
  'X-Forwarded-Scheme',
  'X-Forwarded-Server',
  'X-Forwarded-Ssl',
  'X-Real-IP',
  'X-Scheme',
  'X-Url-Scheme',
] as const

/** WSGI takes `X_Forwarded-For` for the same header: every way to write a name. */
export function spellings(name: string): readonly string[] {
  const [first = '', ...rest] = name.split('-')
  return rest.reduce((all, part) => all.flatMap((each) => [`${each}-${part}`, `${each}_${part}`]), [first])
}
