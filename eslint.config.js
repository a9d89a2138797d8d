import tseslint from 'typescript-eslint';

const sources = ['packages/**/*.ts', 'tools/**/*.ts', 'e2e/**/*.ts', 'examples/**/*.ts', '*.ts'];

/** Nx loads executors, generators, migrations and version actions by their default export, and so do vitest and ESLint their settings. */
const loadedByDefault = ['**/executor.ts', '**/generator.ts', '**/batch.ts', '**/version-actions.ts', '*.config.ts'];

const defaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name; default exports are for what Nx loads (executors, generators) and for settings.',
};

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/dist/', '**/tmp/', '.nx/', '**/files/', '**/*.d.ts'] },
  {
    files: sources,
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // `any` is allowed where a comment on the line before says why: eslint-disable-next-line … -- reason
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // `'gzip' | string` tells a reader more than `string`.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      // A method of an interface may be async without a need of its own.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', defaultExport],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    // What `expect.objectContaining` and its like return has the type any.
    files: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  { files: loadedByDefault, rules: { 'no-restricted-syntax': 'off' } },
);
