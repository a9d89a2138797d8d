/** An instruction of a Dockerfile. */
export interface Instruction {
  /** From 1. */
  readonly line: number;
  /** In capitals. */
  readonly keyword: string;
  /** In one line, blanks made single, without comments. */
  readonly text: string;
}

/** A `FROM` and what follows it. */
export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly platform: string | undefined;
  /** The first one is its FROM. */
  readonly instructions: readonly Instruction[];
}

/** The instructions of a Dockerfile, as far as they can be told apart; its engine finds what is wrong with them. */
export function parseInstructions(dockerfile: string): Instruction[] {
  const lines = dockerfile.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escape = /^#\s*escape\s*=\s*`/im.test(firstComments(lines)) ? '`' : '\\';
  const found: Instruction[] = [];
  for (let i = 0; i < lines.length; i++) {
    const start = i;
    let text = lines[i]!.trim();
    if (text === '' || text.startsWith('#')) continue;
    while (text.endsWith(escape) && i + 1 < lines.length) {
      const next = lines[++i]!.trim();
      if (next === '' || next.startsWith('#')) text = `${text.slice(0, -1)}${escape}`;
      else text = `${text.slice(0, -1)} ${next}`;
    }
    const keyword = /^[A-Za-z]+/.exec(text)?.[0].toUpperCase() ?? '';
    found.push({ line: start + 1, keyword, text: singleBlanks(text) });
    if (['RUN', 'COPY', 'ADD'].includes(keyword)) i = afterHeredocs(text, lines, i);
  }
  return found;
}

function firstComments(lines: readonly string[]): string {
  const end = lines.findIndex((line) => !line.trim().startsWith('#'));
  return lines.slice(0, end < 0 ? undefined : end).join('\n');
}

export function singleBlanks(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The last line of the here-documents that begin in the line `at`. */
function afterHeredocs(text: string, lines: readonly string[], at: number): number {
  let end = at;
  for (const [, , word] of text.matchAll(/<<-?(["']?)([A-Za-z_]\w*)\1/g)) {
    const close = lines.findIndex((line, i) => i > end && line.trim() === word);
    if (close < 0) return at;
    end = close;
  }
  return end;
}

export function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const starts = instructions.flatMap(({ keyword }, i) => (keyword === 'FROM' ? [i] : []));
  return starts.map((start, i) => {
    const own = instructions.slice(start, starts[i + 1]);
    const words = own[0]!.text.split(' ').slice(1);
    const [base = '', as, name] = words.filter((word) => !word.startsWith('--'));
    return {
      base,
      name: as?.toLowerCase() === 'as' ? name?.toLowerCase() : undefined,
      platform: words.find((word) => word.startsWith('--platform='))?.slice('--platform='.length),
      instructions: own,
    };
  });
}

/**
 * The first RUN that runs on the platform that is built for: not in a stage on the platform that builds (`FROM
 * --platform=$BUILDPLATFORM`), and not in one that the target does without.
 */
export function firstRunOfTarget(stages: readonly Stage[], target: string | undefined): Instruction | undefined {
  const at = target === undefined ? stages.length - 1 : indexOf(stages, target, stages.length);
  const needed = [...new Set(neededBy(stages, at))].sort((a, b) => a - b);
  return needed
    .filter((index) => !isOnBuilder(stages, index))
    .flatMap((index) => stages[index]!.instructions)
    .find(({ keyword }) => keyword === 'RUN');
}

/** A stage before `end`, by name or number; -1: it is an image. */
function indexOf(stages: readonly Stage[], name: string, end: number): number {
  const named = stages.findLastIndex((stage, i) => i < end && stage.name === name.toLowerCase());
  return named < 0 && /^\d+$/.test(name) && Number(name) < end ? Number(name) : named;
}

function neededBy(stages: readonly Stage[], at: number): number[] {
  const stage = stages[at];
  if (!stage) return [];
  const copied = stage.instructions.flatMap(({ text }) =>
    [...text.matchAll(/(?:--from|[,=]from)=([^\s,]+)/g)].map(([, name]) => name!),
  );
  const others = [stage.base, ...copied].map((name) => indexOf(stages, name, at)).filter((index) => index >= 0);
  return [at, ...others.flatMap((index) => neededBy(stages, index))];
}

function isOnBuilder(stages: readonly Stage[], at: number): boolean {
  const { platform, base } = stages[at]!;
  if (platform !== undefined) return !/\$\{?TARGETPLATFORM\}?/.test(platform);
  const from = indexOf(stages, base, at);
  return from >= 0 && isOnBuilder(stages, from);
}
