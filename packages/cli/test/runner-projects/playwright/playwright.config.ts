import { defineConfig } from '@playwright/test'

export default defineConfig({ testMatch: 'products.spec.ts' })
