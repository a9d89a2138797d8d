import type { DpkgPackage } from './dpkg-status.ts';

const heading = [
  'Desired=Unknown/Install/Remove/Purge/Hold',
  '| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend',
  '|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)',
];

/** The letters of dpkg-query(1). */
const wants: Readonly<Record<string, string>> = { unknown: 'u', install: 'i', hold: 'h', deinstall: 'r', purge: 'p' };
const states: Readonly<Record<string, string>> = {
  'not-installed': 'n',
  'config-files': 'c',
  'half-installed': 'H',
  unpacked: 'U',
  'half-configured': 'F',
  'triggers-awaited': 'W',
  'triggers-pending': 't',
  installed: 'i',
};

/**
 * The table that `dpkg -l` prints into a file (dpkg, src/query/main.c, list_format_init). It is written here and not by
 * dpkg-query: that one marks the architecture by the host's own, and is missing on hosts of other families.
 */
export function dpkgList(packages: readonly DpkgPackage[], native: string): string {
  const rows = packages.map((each) => ({
    mark: `${wants[each.status[0]] ?? '?'}${states[each.status[2]] ?? '?'}${each.status[1] === 'reinstreq' ? 'R' : ' '}`,
    columns: [shownName(each, native), each.version, each.architecture, each.summary],
  }));
  const widths = [14, 12, 12, 33].map((least, i) =>
    Math.max(least, ...rows.map(({ columns }) => [...columns[i]!].length)),
  );
  const line = (mark: string, columns: readonly string[]): string =>
    `${mark} ${columns.map((text, i) => (i === 3 ? text : text.padEnd(widths[i]!))).join(' ')}`;
  return [
    ...heading,
    line('||/', ['Name', 'Version', 'Architecture', 'Description']),
    `+++-${widths.map((width) => '='.repeat(width)).join('-')}`,
    ...rows.map(({ mark, columns }) => line(mark, columns)),
    '',
  ].join('\n');
}

/** The architecture is part of the name where several may be there at once, or it is not the root's own. */
function shownName({ name, architecture, multiArch }: DpkgPackage, native: string): string {
  const isForeign = architecture !== native && architecture !== 'all' && architecture !== '';
  return multiArch === 'same' || isForeign ? `${name}:${architecture}` : name;
}
