import tseslint from 'typescript-eslint';

// Type-aware rules, because an unawaited promise in a control plane is a lost write. Sizes are caps, not aims.
export default tseslint.config(
  { ignores: ['node_modules/**', 'dist/**', '.cache/**', '**/cdk.out/**', '**/*.generated.ts', '**/*.mjs', 'eslint.config.js'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/require-await': 'off', // an adapter of an async port may answer at once
      '@typescript-eslint/unbound-method': 'off', // our objects are closures: their methods do not use `this`
      'complexity': ['error', 20],
      'max-depth': ['error', 4],
      'max-params': ['error', 4],
      'max-lines': ['error', { max: 450 }],
      'max-lines-per-function': ['error', { max: 70 }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  { files: ['test/**/*.ts', '*.config.ts'], rules: { 'max-lines-per-function': 'off', 'no-restricted-exports': 'off' } },
);
