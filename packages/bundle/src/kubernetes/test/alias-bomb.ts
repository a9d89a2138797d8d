/** Keys of a document of 12 KB in which aliases stand for 390,000 values, just what go-yaml lets pass. */
export const aliasBomb = [
  `plain: [${'a,'.repeat(3200)}]`,
  `anchor: &a [${'b,'.repeat(999)}]`,
  `aliases: [${'*a ,'.repeat(390)}]`,
  '',
].join('\n');
