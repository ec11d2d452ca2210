/** Words that are no servers: no named server can be called so. */
export const commands: readonly string[] = ['front', 'help', 'init', 'ps', 'stop', 'test', 'url', 'which']
