const variables = { oldest: 'DEVLAUNCH_TEST_OLDEST', newest: 'DEVLAUNCH_TEST_NEWEST' } as const

/** The virtual environments with the oldest and the newest release of each server. */
export function servers(): readonly { readonly age: 'oldest' | 'newest'; readonly python: string }[] {
  return (['oldest', 'newest'] as const).map((age) => {
    // biome-ignore lint/style/noProcessEnv: how `npm test` tells
    const python = process.env[variables[age]]
    if (!python)
      throw new Error(`${variables[age]} is not set: run the tests with \`npm test\`, which makes it`)
    return { age, python }
  })
}
