/** With its extras: `fastapi[standard]>=0.1`, or poetry's `fastapi = {extras = ["standard"]}`. */
const wish = /^([A-Za-z0-9][\w.-]*)\s*(?:=.*\bextras\s*=\s*)?(?:\[([^\]]*)\])?/
const array = /^dependencies[ \t]*=[ \t]*\[((?:#.*|"[^"\n]*"|'[^'\n]*'|[^"'#\]])*)\]/m
const poetry = /^\[tool\.poetry\.dependencies\][ \t]*\n((?:(?!\[).*\n?)*)/m

/** The distributions that a pyproject.toml and requirements files ask for, by their normalised names; with each extra, too. */
export function dependencies(pyproject: string, requirements: readonly string[]): ReadonlySet<string> {
  const quoted = (array.exec(pyproject)?.[1] ?? '').replace(/^[ \t]*#.*$/gm, '').match(/"[^"\n]*"|'[^'\n]*'/g)
  const wishes = [
    ...(quoted ?? []).map((text) => text.slice(1)),
    ...(poetry.exec(pyproject)?.[1] ?? '').split('\n'),
    ...requirements.flatMap((text) => text.split('\n')),
  ]
  return new Set(wishes.flatMap(named))
}

/** `fastapi`, `fastapi[standard]` */
function named(text: string): string[] {
  const [, name, extras = ''] = wish.exec(text.trim()) ?? []
  if (!name) return []
  const words = extras.match(/[\w.-]+/g) ?? []
  return [normal(name), ...words.map((extra) => `${normal(name)}[${normal(extra)}]`)]
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}
