import type { Verb, VerbOption } from './verb.ts';

/** What `ingot --help` shows. */
export function overview(verbs: readonly Verb[]): string {
  const rows = verbs.map((verb): Row => [verb.name, verb.summary]);
  return [
    'ingot: for Solution ISOs, and for images and artifacts in registries, layouts and archives',
    '',
    'Usage: ingot <verb> …',
    '',
    ...table(rows),
    '',
    ...table([
      ['<verb> --help', 'what the verb takes'],
      ['--version', "the program's version"],
    ]),
    '',
    'Results go to stdout, as JSON with --json (inspect and url: always); all else goes to stderr.',
    'Images: docker://host/name:tag, oci:folder[:ref], oci-archive:file[:ref], docker-archive:file, docker-daemon:name, dir:folder.',
    'Exit codes: 0 done, 1 a rule broken or a failure, 2 wrong usage.',
    '',
  ].join('\n');
}

/** What `ingot <verb> --help` shows. */
export function verbHelp(verb: Verb): string {
  const options = Object.entries(verb.options).map(([name, option]): Row => [optionUsage(name, option), option.help]);
  return [
    `Usage: ingot ${verb.name} ${verb.synopsis}`,
    '',
    verb.summary,
    ...(options.length === 0 ? [] : ['', ...table(options)]),
    '',
    ...verb.examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}

type Row = readonly [left: string, right: string];

function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function optionUsage(name: string, { short, type, value }: VerbOption): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${type === 'string' ? ` <${value ?? name}>` : ''}`;
}
