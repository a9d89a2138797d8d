/** Special hooks of mmdebstrap(1) that read files of the project, and which of their arguments are those. */
const readers: Readonly<Record<string, (args: readonly string[]) => readonly string[]>> = {
  'copy-in': (args) => args.slice(0, -1),
  'sync-in': (args) => args.slice(0, 1),
  'tar-in': (args) => args.slice(0, 1),
  upload: (args) => args.slice(0, 1),
};

/**
 * The paths of the project that a hook reads, as far as it can be told: what a special hook takes in, and the script that
 * it is or begins with. What a script reads itself is the author's to name.
 */
export function hookFiles(hook: string): readonly string[] {
  const [first = '', ...rest] = wordsOf(hook);
  const reads = readers[first];
  if (reads) return reads(rest);
  return /^(\.\/)?[\w.@+-]+(\/[\w.@+-]+)*$/.test(first) && first.includes('/') ? [first] : [];
}

/** As Text::ParseWords, which mmdebstrap reads special hooks with, splits them. */
function wordsOf(hook: string): string[] {
  const words = hook.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/gs) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs,
      (_, single?: string, double?: string, one?: string) => single ?? double?.replaceAll(/\\(.)/gs, '$1') ?? one!,
    ),
  );
}
