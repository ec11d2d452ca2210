const name = /^[A-Za-z0-9][\w.-]*/
const array = /^dependencies[ \t]*=[ \t]*\[((?:#.*|"[^"\n]*"|'[^'\n]*'|[^"'#\]])*)\]/m
const poetry = /^\[tool\.poetry\.dependencies\][ \t]*\n((?:(?!\[).*\n?)*)/m

/** The distributions that a pyproject.toml and requirements files ask for, by their normalised names. */
export function dependencies(pyproject: string, requirements: readonly string[]): ReadonlySet<string> {
  const quoted = (array.exec(pyproject)?.[1] ?? '').replace(/^[ \t]*#.*$/gm, '').match(/"[^"\n]*"|'[^'\n]*'/g)
  const wishes = [
    ...(quoted ?? []).map((text) => text.slice(1)),
    ...(poetry.exec(pyproject)?.[1] ?? '').split('\n'),
    ...requirements.flatMap((text) => text.split('\n')),
  ]
  return new Set(wishes.flatMap((wish) => name.exec(wish.trim())?.[0] ?? []).map(normal))
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}
