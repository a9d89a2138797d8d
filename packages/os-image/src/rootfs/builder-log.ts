import type { BuildLog } from '@ingot/workspace';

/**
 * The line as it is the same in every build, for a log that is part of the output: without temporary names, times and
 * speeds; undefined for one that says nothing else. What fails is kept as it is.
 */
export function steadyLine(line: string): string | undefined {
  // apt: how fast, and in which order, files come in.
  if (/^(Get|Hit|Ign):\d+ /.test(line) || /^Fetched .* in .*\/s\)/.test(line) || /^\(Reading database /.test(line))
    return undefined;
  return (
    line
      .replaceAll(
        /(\/[\w.-]+)*\/(ingot-(rootfs|apt)-\d+-\d+-\w{6}(?![\w-])|mmdebstrap\.\w{10})(\/mmdebstrap\.\w{10})?/g,
        '<temporary>',
      )
      .replaceAll(/\.ingot-\d+-[0-9a-f]{16}/g, '<temporary>')
      .replace(/^(I: success) in [\d.]+ seconds$/, '$1')
      // BuildKit: "#12 3.456 text", "#12 DONE 0.3s".
      .replace(/^(#\d+) \d+\.\d+ /, '$1 ')
      .replace(/^(#\d+ (?:DONE|CACHED|ERROR)) \d+(\.\d+)?s$/, '$1')
      .replaceAll(/\b\d+(\.\d+)?s\b(?= done)/g, '')
  );
}

/** Adds a line to a log, as it is the same in every build. */
export function addSteadily(log: BuildLog, line: string): void {
  const steady = steadyLine(line.trimEnd());
  if (steady !== undefined) log.add(steady);
}
