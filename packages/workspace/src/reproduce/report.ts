import { formatBytes } from '../report/format-bytes.ts';
import type { Difference } from './compare/comparer.ts';

/** dist/reproduce.json. */
export interface ReproduceReport {
  readonly ingot: 'reproduce/v1';
  readonly project: string;
  readonly targets: readonly string[];
  readonly reproducible: boolean;
  /** What was compared, relative to the workspace. */
  readonly outputs: readonly string[];
  readonly files: number;
  readonly bytes: number;
  readonly differences: readonly Difference[];
  /** There were more. */
  readonly truncated: boolean;
  readonly builds: readonly {
    readonly folder: string;
    readonly umask: string;
    readonly user: number | null;
    readonly environment: Readonly<Record<string, string>>;
  }[];
  /** What could not be varied, and why. */
  readonly notes: readonly string[];
}

/** The report as people read it. */
export function formatReport(report: ReproduceReport): string {
  const { project, targets, files, bytes, differences, truncated, notes } = report;
  const what = `${project}:${targets.join(',')}, built twice`;
  const counted = `${files} file${files === 1 ? '' : 's'}, ${formatBytes(bytes)}`;
  const lines = notes.map((note) => `note: ${note}`);
  if (report.reproducible) return [`${what}: the same (${counted})`, ...lines].join('\n');
  const more = truncated ? ['… and more'] : [];
  return [`${what}: not the same`, ...differences.flatMap(formatDifference), ...more, ...lines].join('\n');
}

/** As diffoscope says it: where, and then what each has there. */
export function formatDifference({ at, first, second }: Difference): string[] {
  return [`  ${at.join(' › ')}`, `    - ${oneLine(first)}`, `    + ${oneLine(second)}`];
}

/** What comes out of archives must not steer the terminal. */
function oneLine(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (sign) => `\\u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}
