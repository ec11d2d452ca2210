import { urlOf } from 'devlaunch'
import { defineConfig } from 'vite'
import { proxyTo } from './proxy.ts'

export default defineConfig(async ({ command }) => ({
  clearScreen: false, // the others' lines are there as well
  server: {
    host: '127.0.0.1', // `localhost`, Vite's default, can be an address that no test means
    // both wait until that server runs, wherever it has found a free port
    ...(command === 'serve' && { proxy: proxyTo(await urlOf('catalog'), await urlOf('orders')) }),
  },
}))
