import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

/** `INGOT_TESTS=full` runs the slow tests (`*.full.test.ts`) and nothing else. */
const full = process.env['INGOT_TESTS'] === 'full';

export default defineConfig({
  resolve: { conditions: ['ingot-source'] },
  ssr: { resolve: { conditions: ['ingot-source'] } },
  test: {
    include: full ? ['**/*.full.test.ts'] : ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/tmp/**', ...(full ? [] : ['**/*.full.test.ts'])],
    execArgv: ['--conditions=ingot-source'],
    // Modules are loaded once for many files: that is a third of all the time. Whoever mocks a module resets it
    // (vi.resetModules). The slow tests are few, and some measure the memory of their process.
    isolate: full,
    // Every core: the tests that start Nx wait as much as they work.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 120_000,
    hookTimeout: 300_000,
    env: { NX_DAEMON: 'false', TZ: 'UTC' },
  },
});
