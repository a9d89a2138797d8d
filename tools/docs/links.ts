import { posix } from 'node:path';
import type { SourceFile } from '../repository.ts';

/** The anchor that GitHub gives to a heading. */
export function anchorOf(heading: string): string {
  const text = heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase();
  return text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
}

function anchorsOf(page: string): Set<string> {
  return new Set(
    withoutCode(page)
      .flatMap((line) => /^#{1,6} (.*)$/.exec(line)?.[1] ?? [])
      .map(anchorOf),
  );
}

/** The lines of a page; those of a fenced block of code are left empty. */
function withoutCode(page: string): string[] {
  let fenced = false;
  return page.split('\n').map((line) => {
    const fence = /^\s*(```|~~~)/.test(line);
    if (fence) fenced = !fenced;
    return fenced || fence ? '' : line;
  });
}

/**
 * Relative links of Markdown pages that lead nowhere: to a file or folder that `exists` denies, or to a heading that a
 * page does not have. Each as `path:line  target`.
 */
export function deadLinks(pages: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  const anchors = new Map(pages.map(({ path, text }) => [path, anchorsOf(text)]));
  return pages.flatMap(({ path, text }) =>
    withoutCode(text).flatMap((line, index) => {
      const targets = [...line.replace(/`[^`]*`/g, '').matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(
        (match) => match[1] ?? '',
      );
      return targets.filter((target) => isDead(target, path)).map((target) => `${path}:${index + 1}  ${target}`);
    }),
  );

  function isDead(target: string, from: string): boolean {
    if (/^[a-z][a-z+.-]*:/i.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? from : posix.join(posix.dirname(from), decodeURIComponent(file));
    if (path.startsWith('..') || (file !== '' && !exists(path))) return true;
    return anchor !== undefined && anchors.has(path) && !anchors.get(path)?.has(anchor);
  }
}
